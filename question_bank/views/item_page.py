"""The page of one item: what it says, how far it has come, its history, where it is used and how it fared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from question_bank import item_types, policies, review_words, vocabulary, words
from question_bank.analysis import queries as analysis
from question_bank.analysis.panel import panel_of
from question_bank.forms.review import CommentForm, DecisionForm, RestoreForm, RetireForm, StepForm
from question_bank.likeness import queries as likeness
from question_bank.likeness import words as alike_words
from question_bank.models import Item, ItemState
from question_bank.permissions import Permission
from question_bank.queries import categories, history
from question_bank.queries import items as queries
from question_bank.views import papers
from training.core.access import actor
from training.core.forms import Form
from training.core.scopes import Scope


@dataclass(frozen=True)
class Event:
    """A line of the history: a version that was saved, or a note."""

    at: datetime
    who: str | None
    what: str
    said: str = ""
    url: str = ""
    difference: str = ""


def render(item_id: int, failed: Form | None = None) -> str:
    """The page; `failed` is a form of it that was refused, shown with its errors."""
    found, scope = queries.item_visible_to(actor(), item_id)
    version = queries.version_of(found, number("version", found.version))
    notes, versions = history.notes_of(found), history.versions_of(found)
    shown = papers.preview_of(found.type, version.body)
    writers = {one.author_id for one in versions if one.version > (found.approved_version or 0) and one.author_id}
    return render_template(
        "question_bank/item.html",
        item=found,
        scope=scope,
        version=version,
        shown=shown,
        panel=panel_of(found.type, version.body, analysis.figures_of(found.id, version.version), shown.shown),
        faults=[words.sentence(fault) for fault in item_types.get(found.type).validate(version.body)],
        events=_events(found, versions, notes),
        quizzes=queries.quizzes_using(found),
        successor=queries.successor_of(found),
        alike=_alike(found, version.body),
        category=categories.path_of(actor(), found.category_id),
        tags=categories.tags_of(found),
        labels=words.TYPE_LABELS,
        state=review_words.state(found),
        named=vocabulary.name,
        failed=failed,
        **_allowed(found, scope, writers),
        **_forms(found, failed),
    )


def _alike(found: Item, body: dict[str, Any]) -> list[tuple[int, str]]:
    """Items that say nearly the same, each with the words for it; asked until the item is approved."""
    if found.state is ItemState.APPROVED or found.retired_at is not None:
        return []
    return alike_words.sentences(likeness.alike_to(actor(), body, but=found.id))


def _allowed(found: Item, scope: Scope, writers: set[int]) -> dict[str, bool]:
    """Which acts the page offers."""
    may_write, in_use = actor().may(Permission.ITEM_WRITE, scope.path), found.retired_at is None
    waiting = found.state is ItemState.IN_REVIEW
    return {
        "may_write": may_write,
        "may_submit": may_write and in_use and found.state is ItemState.DRAFT,
        "may_withdraw": may_write and in_use and waiting and actor().id in writers | history.submitters_of(found),
        "may_review": policies.may_review(actor(), found, scope, writers),
    }


def _forms(found: Item, failed: Form | None) -> dict[str, Form]:
    """The forms of the page, empty but for the one that was refused."""
    made = {
        "comment_form": CommentForm,
        "step_form": StepForm,
        "decision_form": DecisionForm,
        "retire_form": RetireForm,
        "restore_form": RestoreForm,
    }
    forms: dict[str, Form] = {
        name: failed if failed is not None and type(failed) is kind else kind(formdata=None)
        for name, kind in made.items()
    }
    decision = forms["decision_form"]
    assert isinstance(decision, DecisionForm)  # noqa: S101 - the line above made it
    decision.version.data = str(found.version)
    return forms


def _events(found: Item, versions: Sequence[Any], notes: Sequence[Any]) -> list[Event]:
    """Versions and notes in one, newest first."""
    saved = [
        Event(
            at=one.created_at,
            who=one.author,
            what=_("Version %(version)s saved", version=one.version),
            url=url_for("items.item", item_id=found.id, version=one.version),
            difference=url_for("review.difference", item_id=found.id, to=one.version) if one.version > 1 else "",
        )
        for one in versions
    ]
    said = [Event(row.ItemNote.created_at, row.author, _said_of(row.ItemNote), row.ItemNote.text) for row in notes]
    return sorted([*said, *saved], key=lambda one: one.at, reverse=True)


def _said_of(note: Any) -> str:
    return str(_("%(what)s (version %(version)s)", what=review_words.NOTE_LABELS[note.kind], version=note.version))


def number(name: str, default: int) -> int:
    """A number of the address, within what a database takes."""
    return max(1, min(request.args.get(name, default, int), 10**6))


def numbers(name: str, most: int = 1000) -> list[int]:
    """Ids of the address, each once; what is none is passed by."""
    sent = request.args.getlist(name)[:most]
    return [int(one) for one in dict.fromkeys(sent) if one.isdecimal() and len(one) < 19]
