"""Writing items, composing quizzes, and seeing their results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from question_bank.models import Item, ItemVersion, Quiz, QuizItem, QuizVersion
from question_bank.queries import quizzes as quiz_queries
from question_bank.services import quizzes
from tests import pages
from tests.client import CheckingClient, main_text
from tests.question_bank.conftest import Bench
from tests.question_bank.test_sitting import answer_all, hand_in
from training.activities.models import Activity
from training.core.db import db
from training.core.scopes import Scope

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]


@pytest.fixture
def instructor(bench: Bench, as_: As) -> CheckingClient:
    return as_(bench.people["instructor.jn"], "en")


def typed(code: str = "N-1", **changes: str) -> dict[str, str]:
    """What an instructor types for a sound A1 item."""
    values = {"code": code, "stem_zh": "题干", "stem_en": "New stem", "options-1-right": "y"}
    for place, one in enumerate("abcd"):
        values |= {f"options-{place}-text_zh": f"选项{one}", f"options-{place}-text_en": f"text {one}"}
    return values | {"explanation_zh": "解析", "explanation_en": "Because", "source": "S"} | changes


def count(bench: Bench, model: Any) -> int:
    with bench.looking():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_an_item_is_written_previewed_and_saved(bench: Bench, instructor: CheckingClient) -> None:
    before = count(bench, Item)
    shown = instructor.submit("/items/new?type=A1", {**typed(), "do": "preview"})
    assert shown.status_code == 200
    assert "A preview; nothing is saved yet." in main_text(shown)
    assert count(bench, Item) == before
    saved = instructor.submit("/items/new?type=A1", typed())
    assert saved.status_code == 302
    assert "New stem" in main_text(instructor.get(saved.location))
    assert count(bench, Item) == before + 1


def test_all_faults_are_told_at_once_beside_their_fields(bench: Bench, instructor: CheckingClient) -> None:
    before = count(bench, Item)
    answer = instructor.submit("/items/new?type=X", typed(code="", source="x" * 201, **{"options-2-text_en": ""}))
    assert answer.status_code == 422
    text = main_text(answer)
    for words in (
        "Item code: Fill this in.",
        "Option C · English: Fill this in.",
        "Options: Mark two or more options as right.",
        "Source: At most 200 characters",
    ):
        assert words in text
    assert "选项d" in answer.text, "what was typed is kept"
    assert count(bench, Item) == before


def test_a_judgement_has_its_own_form(bench: Bench, instructor: CheckingClient) -> None:
    page = "/items/new?type=judgement"
    values = {"code": "J", "stem_zh": "对吗", "stem_en": "Is it", "explanation_zh": "因", "explanation_en": "As"}
    unsound = instructor.submit(page, {**values, "code": "J-0"})
    assert "Mark exactly one option as right" in main_text(instructor.get(unsound.location)), "a draft without a key"
    assert instructor.submit(page, {**values, "key": "false"}).status_code == 302
    with bench.looking():
        body = db.session.scalars(select(ItemVersion.body).order_by(ItemVersion.id.desc()).limit(1)).one()
    assert body["options"][0]["text"] == {"zh": "对", "en": "True"}
    assert body["key"] == ["false"]


def test_a_code_is_unique_in_the_bank_of_a_scope(bench: Bench, as_: As, instructor: CheckingClient) -> None:
    taken = instructor.submit("/items/new?type=A1", typed("T-1"))
    assert taken.status_code == 409
    assert "already has an item" in main_text(taken)
    assert as_(bench.people["instructor.qd"]).submit("/items/new?type=A1", typed("T-1")).status_code == 302


def test_each_save_is_a_version_and_a_stale_form_keeps_what_was_typed(bench: Bench, instructor: CheckingClient) -> None:
    page = f"/items/{bench.item_ids[0]}/edit"
    assert instructor.submit(page, {"stem_en": "second"}).status_code == 302
    stale = instructor.submit(page, {"stem_en": "mine, slower", "version": "1"})
    assert stale.status_code == 409
    assert "mine, slower" in stale.text
    assert "Somebody saved version 2" in main_text(stale)
    assert 'name="version" type="hidden" value="2"' in stale.text, "saving again follows knowingly"
    with bench.looking():
        statement = select(ItemVersion.version, ItemVersion.body).where(ItemVersion.item_id == bench.item_ids[0])
        versions = {version: body["stem"]["en"] for version, body in db.session.execute(statement)}
    assert versions == {1: "stem", 2: "second"}
    assert "This is version 1" in main_text(instructor.get(f"/items/{bench.item_ids[0]}?version=1"))
    for version in ("9", "9" * 40):
        assert instructor.get(f"/items/{bench.item_ids[0]}?version={version}").status_code == 404


def test_items_are_found_by_words_and_type(bench: Bench, instructor: CheckingClient) -> None:
    instructor.submit("/items/new?type=A1", typed("PC-77", stem_zh="吗啡口服", stem_en="Oral morphine"))
    for query, found, absent in (
        ("?q=吗啡", "PC-77", "T-1"),
        ("?q=MORPHINE", "PC-77", "T-1"),
        ("?q=t-4", "T-4", "PC-77"),
        ("?type=judgement", "T-4", "T-1"),
    ):
        text = main_text(instructor.get(f"/items/{query}"))
        assert found in text
        assert absent not in text
    assert "Nothing found" in main_text(instructor.get("/items/?q=100%25"))
    assert instructor.get("/items/?page=99").status_code == 200
    assert instructor.get("/items/?q=%00&type=%00&page=" + "9" * 40).status_code == 422


def test_retired_items_stay_in_their_quizzes_and_join_no_new_ones(bench: Bench, instructor: CheckingClient) -> None:
    item = bench.item_ids[0]
    page, action = f"/items/{item}", f"/items/{item}/retire"
    assert instructor.submit(page, {"reason": " "}, action=action).status_code == 422
    assert instructor.submit(page, {"reason": "outdated"}, action=action).status_code == 302
    assert "Retired on" in main_text(instructor.get(page))
    assert instructor.post(action, data={"reason": "again"}).status_code == 409
    assert f'name="order_{item}"' not in instructor.get("/quizzes/new").text
    assert instructor.submit(f"/quizzes/{bench.quiz_id}/edit").status_code == 302, "the quiz keeps it"
    refused = instructor.post("/quizzes/new", data=quiz(bench, {item: 1}))
    assert refused.status_code == 422
    assert "Retired items cannot be added" in main_text(refused)


def quiz(bench: Bench, places: dict[int, int], **changes: str) -> dict[str, str]:
    """What an instructor types for a quiz."""
    with bench.looking():
        scope_id = db.session.get_one(Activity, bench.quiz_id).scope_id
    values = {
        "scope_id": str(scope_id),
        "title_zh": "新测验",
        "title_en": "New quiz",
        "time_limit_minutes": "30",
        "pass_percent": "80",
        "attempts_allowed": "3",
        "resit_wait_hours": "12",
        "shuffle_items": "y",
    }
    return values | {f"order_{item}": str(place) for item, place in places.items()} | changes


def test_a_quiz_is_composed_in_the_order_given(bench: Bench, instructor: CheckingClient) -> None:
    first, second, third, *_others = bench.item_ids
    values = quiz(bench, {first: 30, second: 10, third: 20}, **{f"points_{third}": "5"})
    saved = instructor.post("/quizzes/new", data=values)
    assert saved.status_code == 302
    assert "New quiz" in main_text(instructor.get("/quizzes/"))
    quiz_id = int(saved.location.rsplit("/", 1)[1])
    with bench.looking():
        rows = db.session.execute(
            select(QuizItem.item_id, QuizItem.points).where(QuizItem.quiz_id == quiz_id).order_by(QuizItem.position)
        ).all()
        rules = db.session.get_one(QuizVersion, (quiz_id, 1))
    assert [tuple(row) for row in rows] == [(second, 1), (third, 5), (first, 1)]
    assert (rules.time_limit_minutes, rules.shuffle_items, rules.shuffle_options) == (30, True, False)


def test_what_is_found_joins_what_has_a_place_and_nothing_is_saved(bench: Bench, instructor: CheckingClient) -> None:
    first, second, *_others = bench.item_ids
    with bench.looking():
        code = db.session.get_one(Item, second).code
    page = instructor.post("/quizzes/new", data=quiz(bench, {first: 7}, do="find", q=code))
    values = pages.form_of(page, "/quizzes/new").values
    assert page.status_code == 200
    assert {name for name in values if name.startswith("order_")} == {f"order_{first}", f"order_{second}"}
    assert (values[f"order_{first}"], values["title_en"], values["q"]) == ("7", "New quiz", code)
    assert main_text(instructor.get("/quizzes/")).count("New quiz") == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time_limit_minutes": "0"}, "A whole number from 1 to 600."),
        ({"pass_percent": "9" * 30}, "A whole number from 1 to 100."),
        ({"title_en": ""}, "Title, English: Fill this in."),
    ],
)
def test_a_quiz_with_faults_is_refused_in_words(
    bench: Bench, instructor: CheckingClient, changes: dict[str, str], words: str
) -> None:
    answer = instructor.post("/quizzes/new", data=quiz(bench, {bench.item_ids[0]: 1}, **changes))
    assert answer.status_code == 422
    assert words in main_text(answer)


def test_numbers_that_are_none_are_told_in_the_page_language(bench: Bench, as_: As) -> None:
    answer = as_(bench.people["instructor.jn"]).post(
        "/quizzes/new", data=quiz(bench, {bench.item_ids[0]: 1}, pass_percent="六十")
    )
    assert answer.status_code == 422


def test_a_quiz_needs_items_each_at_its_own_place(bench: Bench, instructor: CheckingClient) -> None:
    assert "Choose at least one item" in main_text(instructor.post("/quizzes/new", data=quiz(bench, {})))
    first, second, *_others = bench.item_ids
    twice = instructor.post("/quizzes/new", data=quiz(bench, {first: 1, second: 1}))
    assert "Item T-1 has this place too" in main_text(twice)


def test_a_new_version_of_a_quiz_leaves_the_enrolled_with_theirs(
    bench: Bench, as_: As, instructor: CheckingClient
) -> None:
    page = f"/quizzes/{bench.quiz_id}/edit"
    changed = {f"order_{one}": "" for one in bench.item_ids[1:]} | {"title_en": "Shorter quiz"}
    assert instructor.submit(page, changed).status_code == 302
    stale = instructor.submit(page, {"version": "1", "title_en": "Too late"})
    assert stale.status_code == 409
    assert "Too late" in stale.text
    with bench.looking():
        assert db.session.get_one(Activity, bench.quiz_id).version == 2
    attempt = bench.start()
    page_seen = as_(bench.trainee, "en").get(f"/quiz/attempts/{attempt}").text
    assert page_seen.count("data-item=") == 5


def test_results_are_counted_without_names(bench: Bench, instructor: CheckingClient) -> None:
    assert "No results yet" in main_text(instructor.get(f"/quizzes/{bench.quiz_id}"))
    for name, right in (("trainee.jn", True), ("other_trainee.jn", False)):
        attempt = bench.start(name)
        answer_all(bench, attempt, right=right, name=name)
        hand_in(bench, attempt)
    page = main_text(instructor.get(f"/quizzes/{bench.quiz_id}"))
    assert page.count("50% right") == 5
    assert "Mean score 50" in " ".join(page.split())
    assert bench.trainee.name not in page


def test_another_base_and_other_roles_find_nothing(bench: Bench, as_: As) -> None:
    stranger = as_(bench.people["instructor.qd"], "en")
    item, quiz_id, before = bench.item_ids[0], bench.quiz_id, count(bench, QuizVersion)
    for page in (f"/items/{item}", f"/items/{item}/edit", f"/quizzes/{quiz_id}", f"/quizzes/{quiz_id}/edit"):
        assert stranger.get(page).status_code == 404
        assert as_(bench.trainee).get(page).status_code == 403
    for page in (f"/items/{item}/edit", f"/items/{item}/retire", f"/quizzes/{quiz_id}/edit"):
        assert stranger.post(page, data=typed()).status_code == 404
    assert "T-1" not in stranger.get("/items/").text
    assert "Little quiz" not in stranger.get("/quizzes/").text
    foreign = stranger.post("/quizzes/new", data=quiz(bench, {item: 1}))
    assert foreign.status_code == 422, "neither its scope nor its items are theirs"
    assert count(bench, QuizVersion) == before


def test_pages_of_the_bank_are_sound_in_chinese(bench: Bench, as_: As) -> None:
    client = as_(bench.people["instructor.jn"])
    item, quiz_id = bench.item_ids[2], bench.quiz_id
    hand_in(bench, bench.start())
    for page in (
        "/items/",
        f"/items/{item}",
        f"/items/{item}/edit",
        "/items/new?type=judgement",
        "/quizzes/",
        "/quizzes/new",
        f"/quizzes/{quiz_id}",
        f"/quizzes/{quiz_id}/edit",
    ):
        assert client.get(page).status_code == 200
    assert client.submit("/items/new?type=A1", typed(code="")).status_code == 422
    assert client.get("/items/new?type=riddle").status_code == 404


def test_a_quiz_sent_twice_is_one_and_another_one_is_another(bench: Bench, instructor: CheckingClient) -> None:
    before = count(bench, Quiz)
    values = quiz(bench, {bench.item_ids[0]: 1})
    places = {instructor.post("/quizzes/new", data=values).location for _click in range(2)}
    assert len(places) == 1
    assert instructor.post("/quizzes/new", data={**values, "pass_percent": "70"}).location not in places
    assert count(bench, Quiz) == before + 2


def test_a_quiz_keeps_items_of_a_bank_that_its_editor_may_not_read(bench: Bench, instructor: CheckingClient) -> None:
    with bench.writing():
        foreign = db.session.scalars(select(Item).where(Item.code == "I-qd-1")).one()
        activity = db.session.get_one(Activity, bench.quiz_id)
        scope = db.session.get_one(Scope, activity.scope_id)
        titles, rules = quizzes.Titles("混合", "Mixed"), quizzes.Rules(20, 60, 2, 0)
        own = db.session.get_one(Item, bench.item_ids[0])
        mixed = quizzes.add_quiz(scope, titles, rules, [(foreign, 1), (own, 1)], added_by=None).id
        foreign_id = foreign.id
    assert instructor.get(f"/items/{foreign_id}").status_code == 404
    assert instructor.submit(f"/quizzes/{mixed}/edit", {"title_en": "Mixed again"}).status_code == 302
    with bench.looking():
        kept = select(QuizItem.item_id).where(QuizItem.quiz_id == mixed, QuizItem.version == 2)
        assert list(db.session.scalars(kept.order_by(QuizItem.position))) == [foreign_id, bench.item_ids[0]]


def test_results_bear_a_hand_in_between_two_of_their_queries(
    bench: Bench, instructor: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = bench.start("trainee.jn")
    hand_in(bench, attempt)
    monkeypatch.setattr(quiz_queries, "answers_of", lambda _quiz_id: {})  # what was read before the hand-in
    assert instructor.get(f"/quizzes/{bench.quiz_id}").status_code == 200


@pytest.mark.parametrize("version", ["9" * 5000, "٣", "-1", "1.0"])
def test_a_version_that_is_none_is_a_stale_form(bench: Bench, instructor: CheckingClient, version: str) -> None:
    answer = instructor.post(f"/items/{bench.item_ids[0]}/edit", data={**typed(), "version": version})
    assert answer.status_code == 409
    answer = instructor.post(
        f"/quizzes/{bench.quiz_id}/edit", data={**quiz(bench, {bench.item_ids[0]: 1}), "version": version}
    )
    assert answer.status_code == 409
