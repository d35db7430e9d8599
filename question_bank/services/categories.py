"""The tree of categories of a bank, and where an item stands in it: its category and its tags."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import delete, select

from question_bank.models import Item, ItemCategory, ItemTag
from question_bank.permissions import Permission
from question_bank.queries import categories
from question_bank.queries import items as bank
from question_bank.services import indexing
from training.core import audit, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope

LONGEST_TAG = 40
MOST_TAGS = 20


def add_category(scope: Scope, name: str, *, parent: ItemCategory | None = None, added_by: Actor) -> ItemCategory:
    """Add a category at the top of the bank of `scope`, or below another; does not commit.

    Raises `NotAllowed`, `Invalid` (a parent of another bank) or `Conflict` (the name is taken there).
    """
    added_by.require(Permission.ITEM_WRITE, scope.path)
    if parent is not None and parent.scope_id != scope.id:
        raise Invalid(_("Choose a category of the same bank to put the new one below."))
    scopes.lock(scope)
    _require_free(scope.id, parent.id if parent else None, name)
    category = ItemCategory(scope_id=scope.id, parent_id=parent.id if parent else None, name=name)
    db.session.add(category)
    db.session.flush()
    audit.record(added_by, "item-category.add", category, name=name)
    return category


def rename_category(category: ItemCategory, scope: Scope, name: str, *, renamed_by: Actor) -> None:
    """Give a category another name; does not commit. Raises `NotAllowed` or `Conflict` (the name is taken there)."""
    renamed_by.require(Permission.ITEM_WRITE, scope.path)
    if name == category.name:
        return
    scopes.lock(scope)
    _require_free(scope.id, category.parent_id, name)
    before, category.name = category.name, name
    db.session.flush()
    audit.record(renamed_by, "item-category.rename", category, before=before, name=name)


def place_item(item: Item, scope: Scope, category: ItemCategory | None, tags: Iterable[str], *, by: Actor) -> None:
    """Put a locked item into a category (or none) and give it its tags; its version stays; does not commit.

    Raises `NotAllowed` or `Invalid` (a category of another bank, too many or too long tags).
    """
    by.require(Permission.ITEM_WRITE, scope.path)
    if category is not None and category.scope_id != item.scope_id:
        raise Invalid(_("Choose a category of the bank that item %(code)s belongs to.", code=item.code))
    item.category_id = category.id if category else None
    db.session.flush()
    write_tags(item, tags)
    audit.record(by, "item.place", item, category=category.name if category else "", tags=categories.tags_of(item))


def write_tags(item: Item, tags: Iterable[str]) -> None:
    """Replace the tags of an item, and let it be found by them; raises `Invalid`."""
    wanted = list(dict.fromkeys(one.strip() for one in tags if one.strip()))
    if len(wanted) > MOST_TAGS:
        raise Invalid(_("At most %(most)s tags; take some away.", most=MOST_TAGS))
    for one in wanted:
        if len(one) > LONGEST_TAG:
            raise Invalid(
                _("The tag “%(tag)s” has more than %(max)s characters; shorten it.", tag=one, max=LONGEST_TAG)
            )
    db.session.execute(delete(ItemTag).where(ItemTag.item_id == item.id))
    db.session.add_all(ItemTag(item_id=item.id, tag=one) for one in wanted)
    db.session.flush()
    indexing.write(item, bank.version_of(item, item.version).body)


def _require_free(scope_id: int, parent_id: int | None, name: str) -> None:
    taken = select(ItemCategory.id).where(
        ItemCategory.scope_id == scope_id,
        ItemCategory.name == name,
        ItemCategory.parent_id.is_(None) if parent_id is None else ItemCategory.parent_id == parent_id,
    )
    if db.session.scalar(taken) is not None:
        raise Conflict(_("There is a category “%(name)s” at this place already.", name=name))
