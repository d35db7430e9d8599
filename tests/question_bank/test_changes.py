"""Changes of many items: the preview tells the truth, undoing, and what somebody else did meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from question_bank.changes import queries, services
from question_bank.changes.models import ChangeLine, ChangeStatus, Fate, ItemChange
from question_bank.changes.rules import Act, Reason
from question_bank.models import Item, ItemCategory, ItemNote, ItemState, ItemTag, ItemVersion, NoteKind
from question_bank.queries import items as bank
from question_bank.queries import lists
from question_bank.services import categories, items, review
from question_bank.services.items import says_the_same
from tests.client import CheckingClient, main_text
from tests.question_bank.conftest import Bench, a1
from tests.question_bank.test_lists import add, found
from training.core.audit import AuditLine
from training.core.db import db
from training.core.errors import Invalid, NotFound
from training.core.scopes import Scope

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]


@pytest.fixture
def instructor(bench: Bench, as_: As) -> CheckingClient:
    return as_(bench.people["instructor.jn"], "en")


def opened(bench: Bench, act: Act, value: str, ids: list[int], who: str = "instructor.jn") -> int:
    """Look at a change; returns its id."""
    with bench.writing():
        actor = bench.actor(who)
        return services.open_change(act, value, services.plan(act, value, ids, actor=actor), opened_by=actor).id


def confirm(bench: Bench, change_id: int, who: str = "instructor.jn") -> None:
    with bench.writing():
        actor = bench.actor(who)
        services.confirm(queries.change_visible_to(actor, change_id, lock=True), confirmed_by=actor)


def undo(bench: Bench, change_id: int, who: str = "instructor.jn") -> None:
    with bench.writing():
        actor = bench.actor(who)
        services.undo(queries.change_visible_to(actor, change_id, lock=True), undone_by=actor)


def done(bench: Bench, act: Act, value: str, ids: list[int]) -> int:
    change_id = opened(bench, act, value, ids)
    confirm(bench, change_id)
    return change_id


def fates(bench: Bench, change_id: int) -> dict[int, tuple[Fate, Reason | None]]:
    with bench.looking():
        rows = db.session.scalars(select(ChangeLine).where(ChangeLine.change_id == change_id))
        return {one.item_id: (one.fate, one.reason) for one in rows}


def look(bench: Bench, item_id: int) -> Item:
    with bench.looking():
        return db.session.get_one(Item, item_id)


def body(bench: Bench, item_id: int) -> dict[str, Any]:
    with bench.looking():
        item = db.session.get_one(Item, item_id)
        return bank.version_of(item, item.version).body


def edit(bench: Bench, item_id: int, **changes: Any) -> None:
    """Somebody saves the item by itself."""
    with bench.writing():
        actor = bench.actor("reviewer.jn")
        item, scope = bank.item_visible_to(actor, item_id, lock=True)
        said = bank.version_of(item, item.version).body
        items.revise_item(item, scope, {**said, **changes}, seen_version=item.version, revised_by=actor)


def test_an_instructor_ticks_items_looks_confirms_and_undoes(bench: Bench, instructor: CheckingClient) -> None:
    ids = [add(bench, f"C-{number}", f"题{number}") for number in range(3)]
    page = instructor.get("/items/?state=draft")
    assert f'value="{ids[0]}"' in page.text
    query = "&".join(f"item={one}" for one in ids[:2])
    form = f"/items/changes/new?act=module&who=ticked&{query}"
    assert "Items chosen: 2." in main_text(instructor.get(form))
    saved = instructor.submit(form, {"value": "pain"})
    assert saved.status_code == 302
    preview = instructor.get(saved.location)
    assert "Change 2 items" in main_text(preview)
    assert look(bench, ids[0]).module is None, "nothing is written before the word"
    assert instructor.post(f"{saved.location}/confirm").status_code == 302
    assert "Items changed: 2." in main_text(instructor.get(saved.location))
    assert [look(bench, one).module for one in ids] == ["pain", "pain", None]
    assert instructor.post(f"{saved.location}/undo").status_code == 302
    assert "Items put back: 2." in main_text(instructor.get(saved.location))
    assert [look(bench, one).module for one in ids] == [None, None, None]
    assert "Set the module" in main_text(instructor.get("/items/changes/"))


def test_everything_that_the_filter_finds_is_taken(bench: Bench, instructor: CheckingClient) -> None:
    for number in range(30):
        add(bench, f"C-{number:02}", "题目", module="old" if number < 28 else "else")
    saved = instructor.submit("/items/changes/new?act=tag&who=matching&module=old", {"value": "期末"})
    page, kept = str(saved.location).split("?")
    assert "Change 28 items" in main_text(instructor.get(saved.location))
    assert kept == "module=old", "so that one comes back to the list as it was"
    instructor.post(f"{page}/confirm")
    assert len(found(bench, tag="期末")) == 25
    with bench.looking():
        assert len(lists.ids_found(bench.actor("instructor.jn"), lists.Wanted(tag="期末"), 100)) == 28
    assert "C-00" in found(bench, "期末"), "found by the words of the new tag"


def test_nothing_ticked_an_unknown_act_and_bad_values_are_told(bench: Bench, instructor: CheckingClient) -> None:
    nothing = instructor.get("/items/changes/new?act=module&who=ticked", follow_redirects=True)
    assert "Tick the items first" in nothing.text
    one = add(bench, "C-1", "题")
    assert instructor.get(f"/items/changes/new?act=burn&item={one}").status_code == 422
    for act, value in (("tag", ""), ("tag", "a,b"), ("tag", "x" * 41), ("source", " "), ("level", "guess")):
        answer = instructor.post(f"/items/changes/new?act={act}&item={one}", data={"value": value})
        assert answer.status_code == 422, act
    assert instructor.post(f"/items/changes/new?act=review_by&item={one}", data={"value": "soon"}).status_code == 422
    assert instructor.post("/items/changes/new?act=tag&item=99999999", data={"value": "a"}).status_code == 422
    with bench.looking():
        made = select(ItemChange.id).where(ItemChange.status == ChangeStatus.LOOKED_AT)
        assert not db.session.scalars(made).all()


# What each act makes of a draft (the value before → after, shown) and of an approved item.
ACTS = [
    (Act.MODULE, "pain", "approved"),
    (Act.COMPETENCY, "symptom", "approved"),
    (Act.LEVEL, "apply", "approved"),
    (Act.DIFFICULTY, "4", "approved"),
    (Act.REVIEW_BY, "2030-01-31", "draft"),
    (Act.SOURCE, "指南 2025", "draft"),
]


@pytest.mark.parametrize(("act", "value", "approved_becomes"), ACTS)
def test_what_a_version_says_is_changed_and_comes_back(
    bench: Bench, act: Act, value: str, approved_becomes: str
) -> None:
    draft, approved = add(bench, "C-1", "题"), bench.item_ids[0]
    before = {one: body(bench, one) for one in (draft, approved)}
    change = done(bench, act, value, [draft, approved])
    for one in (draft, approved):
        after = body(bench, one)
        assert str(after["source"] if act is Act.SOURCE else after["about"][act.value]) == value
        assert look(bench, one).version == 2
        assert {k: v for k, v in after.items() if k not in {"about", "source"}} == {
            k: v for k, v in before[one].items() if k not in {"about", "source"}
        }
    assert look(bench, draft).state is ItemState.DRAFT
    item = look(bench, approved)
    assert item.state.value == approved_becomes
    assert item.approved_version == (2 if approved_becomes == "approved" else 1)
    undo(bench, change)
    for one in (draft, approved):
        assert body(bench, one) == before[one]
        assert look(bench, one).version == 3, "nothing is taken out of the history"
    item = look(bench, approved)
    assert (item.state, item.approved_version) == (ItemState.APPROVED, 3), "what was approved is so again"
    with bench.looking():
        lines = select(AuditLine.details).where(AuditLine.object_id == str(draft), AuditLine.verb == "item.revise")
        told = db.session.scalars(lines.order_by(AuditLine.id)).all()
    assert told == [{"version": number, "item_change": change} for number in (2, 3)]


def test_category_and_tags_are_no_version_and_come_back(bench: Bench) -> None:
    one, other = add(bench, "C-1", "题"), bench.item_ids[0]
    with bench.writing():
        scope = db.session.get_one(Scope, db.session.get_one(Item, one).scope_id)
        actor = bench.actor("instructor.jn")
        drugs = categories.add_category(scope, "Drugs", added_by=actor).id
        categories.write_tags(db.session.get_one(Item, one), ["旧"])
    placed = done(bench, Act.CATEGORY, str(drugs), [one, other])
    tagged = done(bench, Act.TAG, "新", [one, other])
    untagged = done(bench, Act.UNTAG, "旧", [one, other])
    assert fates(bench, untagged)[other] == (Fate.LEFT, Reason.SAME)
    with bench.looking():
        assert queries.tags_of([one, other]) == {one: ["新"], other: ["新"]}
    assert look(bench, one).category_id == look(bench, other).category_id == drugs
    assert (look(bench, other).version, look(bench, other).state) == (1, ItemState.APPROVED)
    assert "T-1" in found(bench, "新")
    for change in (placed, tagged, untagged):
        undo(bench, change)
    with bench.looking():
        assert queries.tags_of([one, other]) == {one: ["旧"]}
    assert look(bench, one).category_id is None
    assert found(bench, "旧") == ["C-1"]
    assert found(bench, "新") == []


def test_drafts_are_handed_in_and_taken_back_and_items_retired_and_restored(bench: Bench) -> None:
    sound, faulty, approved = add(bench, "C-1", "题", "item"), add(bench, "C-2", "缺英文"), bench.item_ids[0]
    change = opened(bench, Act.SUBMIT, "请看", [sound, faulty, approved])
    assert fates(bench, change) == {
        sound: (Fate.WILL, None),
        faulty: (Fate.LEFT, Reason.FAULTY),
        approved: (Fate.LEFT, Reason.NO_DRAFT),
    }
    confirm(bench, change)
    assert look(bench, sound).state is ItemState.IN_REVIEW
    undo(bench, change)
    assert look(bench, sound).state is ItemState.DRAFT
    retired = done(bench, Act.RETIRE, "过时", [sound, approved])
    assert look(bench, approved).retired_at is not None
    assert done(bench, Act.MODULE, "pain", [add(bench, "C-3", "题"), approved])
    undo(bench, retired)
    assert look(bench, approved).retired_at is None
    assert look(bench, approved).state is ItemState.APPROVED
    with bench.looking():
        notes = db.session.scalars(select(ItemNote.kind).where(ItemNote.item_id == sound).order_by(ItemNote.id)).all()
        verbs = db.session.scalars(select(AuditLine.verb).where(AuditLine.object_id == str(sound))).all()
    assert list(notes) == [NoteKind.SUBMITTED, NoteKind.WITHDRAWN, NoteKind.RETIRED, NoteKind.RESTORED]
    assert {"item.submitted", "item.withdrawn", "item.retired", "item.restored"} <= set(verbs)


def test_items_are_left_alone_for_a_reason(bench: Bench) -> None:
    waiting, there = add(bench, "C-1", "题", "item"), add(bench, "C-2", "题", "item", module="pain")
    done(bench, Act.SUBMIT, "", [waiting])
    done(bench, Act.RETIRE, "old", [bench.item_ids[0]])
    change = opened(bench, Act.MODULE, "pain", [waiting, there, bench.item_ids[0], bench.item_ids[1]])
    assert fates(bench, change) == {
        waiting: (Fate.LEFT, Reason.IN_REVIEW),
        there: (Fate.LEFT, Reason.SAME),
        bench.item_ids[0]: (Fate.LEFT, Reason.RETIRED),
        bench.item_ids[1]: (Fate.WILL, None),
    }
    with bench.looking():
        foreign = db.session.scalars(select(ItemCategory.id).where(ItemCategory.name == "疼痛qd")).one()
    assert fates(bench, opened(bench, Act.CATEGORY, str(foreign), [there]))[there] == (Fate.LEFT, Reason.OTHER_BANK)


def test_what_somebody_changed_since_the_preview_is_left_alone_and_named(
    bench: Bench, instructor: CheckingClient
) -> None:
    ids = [add(bench, f"C-{number}", "题", "item") for number in range(3)]
    change = opened(bench, Act.MODULE, "pain", ids)
    edit(bench, ids[0], source="another")
    with bench.writing():
        actor = bench.actor("instructor.jn")
        review.submit(*bank.item_visible_to(actor, ids[1], lock=True), submitted_by=actor)
    confirm(bench, change)
    assert fates(bench, change) == {
        ids[0]: (Fate.LEFT, Reason.CHANGED),
        ids[1]: (Fate.LEFT, Reason.IN_REVIEW),
        ids[2]: (Fate.DONE, None),
    }
    page = main_text(instructor.get(f"/items/changes/{change}?fate=left"))
    assert "was changed meanwhile" in page
    assert "C-2" not in page


def test_undoing_leaves_alone_what_somebody_changed_since(bench: Bench) -> None:
    ids = [add(bench, f"C-{number}", "题", "item") for number in range(3)]
    change = done(bench, Act.LEVEL, "apply", ids)
    edit(bench, ids[0], source="another")
    with bench.writing():
        actor = bench.actor("instructor.jn")
        review.submit(*bank.item_visible_to(actor, ids[1], lock=True), submitted_by=actor)
    undo(bench, change)
    assert fates(bench, change) == {
        ids[0]: (Fate.KEPT, Reason.CHANGED),
        ids[1]: (Fate.KEPT, Reason.CHANGED),
        ids[2]: (Fate.BACK, None),
    }
    assert [look(bench, one).level for one in ids] == ["apply", "apply", None]


def test_two_tabs_and_a_double_click_do_it_once(bench: Bench) -> None:
    one = add(bench, "C-1", "题", "item")
    first, second = (opened(bench, Act.MODULE, value, [one]) for value in ("pain", "ethics"))
    for _click in range(2):
        confirm(bench, first)
    confirm(bench, second)
    item = look(bench, one)
    assert (item.module, item.version) == ("pain", 2)
    assert fates(bench, second)[one] == (Fate.LEFT, Reason.CHANGED)
    for _click in range(2):
        undo(bench, first)
    assert look(bench, one).version == 3
    with bench.looking():
        acts = db.session.scalars(select(AuditLine.verb).where(AuditLine.object_id == str(first))).all()
    assert [one for one in acts if one.startswith("item_change")] == ["item_change.confirm", "item_change.undo"]


def test_nobody_sees_confirms_or_undoes_the_change_of_another(bench: Bench, as_: As) -> None:
    change = opened(bench, Act.MODULE, "pain", [bench.item_ids[0]])
    for who in ("reviewer.jn", "instructor.qd"):
        client = as_(bench.people[who])
        assert client.get(f"/items/changes/{change}").status_code == 404
        assert client.post(f"/items/changes/{change}/confirm").status_code == 404
        assert client.post(f"/items/changes/{change}/undo").status_code == 404
    assert as_(bench.trainee).get("/items/changes/").status_code == 403
    with bench.writing(), pytest.raises(NotFound):
        queries.change_visible_to(bench.actor("reviewer.jn"), change)
    with bench.looking():
        stranger = bench.actor("instructor.qd")
        foreign = queries.look(Act.MODULE, "pain", [bench.item_ids[0]], actor=stranger)
    assert foreign == []


def test_who_lost_the_role_since_the_preview_changes_nothing(bench: Bench) -> None:
    change = opened(bench, Act.MODULE, "pain", [bench.item_ids[0]])
    with bench.writing():
        actor = replace(bench.actor("instructor.jn"), grants=())
        found_again = queries.change_visible_to(actor, change, lock=True)
        with pytest.raises(Invalid):
            services.confirm(found_again, confirmed_by=actor)


def test_only_how_an_item_is_classified_needs_no_review(bench: Bench) -> None:
    one = bench.item_ids[0]
    edit(bench, one, about={"module": "pain", "difficulty": 2})
    assert (look(bench, one).state, look(bench, one).approved_version) == (ItemState.APPROVED, 2)
    edit(bench, one, about={"module": "pain", "review_by": "2030-01-01"})
    assert (look(bench, one).state, look(bench, one).approved_version) == (ItemState.DRAFT, 2)
    edit(bench, one, about={"module": "ethics"})
    assert (look(bench, one).state, look(bench, one).approved_version) == (ItemState.APPROVED, 4)
    assert says_the_same(a1(), {**a1(), "about": {"level": "apply"}})
    assert not says_the_same(a1(), a1("c"))
    with bench.looking():
        assert len(db.session.scalars(select(ItemVersion.id).where(ItemVersion.item_id == one)).all()) == 4
        assert db.session.scalars(select(ItemTag.tag).where(ItemTag.item_id == one)).all() == []
