"""Two people mark an answer: the mean within the tolerance, a third person beyond it, and what becomes of the marks."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from question_bank.marking import rules
from question_bank.marking.agreement import Pair, agreement_of, weighted_kappa
from question_bank.marking.models import EssayMark
from question_bank.marking.rules import MarkKind, Part
from question_bank.marking.services import Given
from question_bank.models import AttemptItem, AttemptStatus, QuizVersion
from question_bank.regrading.rules import Ruled
from tests.client import CheckingClient, main_text
from tests.question_bank import rulings
from tests.question_bank.conftest import Bench, build
from tests.question_bank.essays import ONE, TWO, add_marker, attempt, lines, mark, marks, points, sit
from training.core.audit import AuditLine
from training.core.db import db
from training.core.errors import Conflict
from training.privacy import erasure

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
FULL, THREE, TWO_OF_FOUR, NONE = (Given({"a": a, "b": b}) for a, b in ((3, 1), (2, 1), (1, 1), (0, 0)))


@pytest.fixture
def pair(app: Flask) -> Bench:
    """An essay of four points that two people mark and may differ about by one; three are there who may mark."""
    bench = build(app, ONE, shuffle_items=False, markers=2, tolerance=25)
    add_marker(bench)
    return bench


def kinds(bench: Bench) -> list[MarkKind]:
    return [one.kind for one in marks(bench)]


def mark_apart(bench: Bench, attempt_id: int, position: int = 2) -> None:
    """Two marks that differ by all points there are."""
    mark(bench, attempt_id, position, Given({"a": 3, "b": 1}, "clear and right"))
    mark(bench, attempt_id, position, Given({"a": 0, "b": 0}, "beside the point"), by="reviewer.jn")


def test_of_two_marks_close_to_each_other_the_exact_mean_counts(pair: Bench) -> None:
    attempt_id = sit(pair, "words")
    mark(pair, attempt_id, given=FULL)
    assert attempt(pair, attempt_id).status is AttemptStatus.MARKING
    assert lines(pair) == []
    mark(pair, attempt_id, given=THREE, by="reviewer.jn")
    assert kinds(pair) == [MarkKind.FIRST, MarkKind.AGREED]
    done = attempt(pair, attempt_id)
    assert (done.status, done.score_percent) == (AttemptStatus.HANDED_IN, Decimal("93.75"))
    assert [line.score_percent for line in lines(pair)] == [Decimal("93.75")]


@pytest.mark.parametrize(("needed", "passes"), [(75, True), (76, False)])
def test_passing_is_decided_on_the_exact_mean(app: Flask, needed: int, passes: bool) -> None:
    bench = build(app, ONE, shuffle_items=False, markers=2, tolerance=100, pass_percent=needed)
    attempt_id = sit(bench, "words")
    mark(bench, attempt_id, given=Given({"a": 3, "b": 0}))
    mark(bench, attempt_id, given=Given({"a": 0, "b": 1}), by="reviewer.jn")
    done = attempt(bench, attempt_id)
    assert (done.score_percent, done.passed) == (Decimal(75), passes)


@pytest.mark.parametrize(
    ("tolerance", "second", "kind"),
    [
        (25, THREE, MarkKind.AGREED),
        (24, THREE, MarkKind.DIFFERING),
        (25, TWO_OF_FOUR, MarkKind.DIFFERING),
        (50, TWO_OF_FOUR, MarkKind.AGREED),
        (0, FULL, MarkKind.AGREED),
        (100, NONE, MarkKind.AGREED),
        (100, Given({"a": 3, "b": 1}, critical=True), MarkKind.DIFFERING),
    ],
)
def test_the_tolerance_is_a_share_of_the_rubric_and_an_error_is_beyond_it(
    app: Flask, tolerance: int, second: Given, kind: MarkKind
) -> None:
    bench = build(app, ONE, shuffle_items=False, markers=2, tolerance=tolerance)
    attempt_id = sit(bench, "words")
    mark(bench, attempt_id, given=FULL)
    mark(bench, attempt_id, given=second, by="reviewer.jn")
    assert kinds(bench) == [MarkKind.FIRST, kind]
    decided = AttemptStatus.HANDED_IN if kind is MarkKind.AGREED else AttemptStatus.MARKING
    assert attempt(bench, attempt_id).status is decided


def test_an_error_that_both_see_counts(pair: Bench) -> None:
    attempt_id = sit(pair, "words")
    mark(pair, attempt_id, given=Given({"a": 3, "b": 1}, critical=True))
    mark(pair, attempt_id, given=Given({"a": 2, "b": 1}, critical=True), by="reviewer.jn")
    with pair.looking():
        assert db.session.get_one(AttemptItem, (attempt_id, 2)).critical_error


def test_a_third_person_sees_both_marks_without_names_and_decides(pair: Bench, as_: As) -> None:
    attempt_id = sit(pair, "words")
    mark_apart(pair, attempt_id)
    assert lines(pair) == []
    third = as_(pair.people["nobody"], "en")
    page = f"/marking/answers/{attempt_id}/2"
    assert "To decide between two marks" in main_text(third.get("/marking/"))
    shown = third.get(page).text
    assert "clear and right" in shown
    assert "beside the point" in shown
    for name in ("instructor.jn", "reviewer.jn", "trainee.jn"):
        assert pair.people[name].name not in shown
    assert third.post(page, data=points(2, 0, seen=2, comment="half of it")).status_code == 302
    assert kinds(pair)[-1] is MarkKind.ADJUDICATED
    assert attempt(pair, attempt_id).score_percent == Decimal(75)
    result = main_text(as_(pair.trainee, "en").get(f"/quiz/attempts/{attempt_id}/result"))
    assert "half of it" in result
    assert "clear and right" not in result
    with pair.looking():
        verbs = select(AuditLine.verb).where(AuditLine.object_type == "attempt", AuditLine.object_id == str(attempt_id))
        told = list(db.session.scalars(verbs.order_by(AuditLine.id)))
    assert told[-4:] == ["attempt.mark", "attempt.mark", "attempt.adjudicate", "attempt.result"]
    history = third.get(page).text
    assert pair.people["instructor.jn"].name in history, "decided: the history is there for those who mark"
    assert "beside the point" in history


def test_neither_of_two_who_differ_decides(pair: Bench, as_: As) -> None:
    attempt_id = sit(pair, "words")
    mark_apart(pair, attempt_id)
    for name in ("instructor.jn", "reviewer.jn"):
        for seen in (0, 1, 2):
            with pytest.raises(Conflict):
                mark(pair, attempt_id, given=THREE, by=name, seen=seen)
        client = as_(pair.people[name], "en")
        page = main_text(client.get(f"/marking/answers/{attempt_id}/2"))
        assert "a third person decides" in page
        assert "clear and right" not in page
        assert "Nothing waits for a mark" in main_text(client.get("/marking/"))
        refused = client.post(f"/marking/answers/{attempt_id}/2", data=points(1, 1, seen=2, comment="kept words"))
        assert refused.status_code == 409
        assert "kept words" in refused.text
    assert kinds(pair) == [MarkKind.FIRST, MarkKind.DIFFERING]


def test_where_no_third_person_is_the_page_says_so(app: Flask, as_: As) -> None:
    bench = build(app, ONE, shuffle_items=False, markers=2, tolerance=25)
    attempt_id = sit(bench, "words")
    client = as_(bench.people["instructor.jn"], "en")
    mark(bench, attempt_id, given=FULL)
    assert "Nobody is left here" not in main_text(client.get("/marking/"))
    mark(bench, attempt_id, given=NONE, by="reviewer.jn")
    told = main_text(client.get("/marking/"))
    assert "Nobody is left here to give the next mark of 1 answers" in told
    assert "For a third person, since two marks differ: 1" in told
    add_marker(bench)
    assert "Nobody is left here" not in main_text(client.get("/marking/"))


def test_the_third_person_may_change_their_mind_until_the_result_is_decided(app: Flask, as_: As) -> None:
    bench = build(app, TWO, shuffle_items=False, markers=2, tolerance=25)
    add_marker(bench)
    attempt_id = sit(bench, "first", "second")
    mark_apart(bench, attempt_id)
    mark(bench, attempt_id, given=NONE, by="nobody", seen=2)
    third = as_(bench.people["nobody"], "en")
    assert "Your marks that can still change" in third.get("/marking/").text
    page = f"/marking/answers/{attempt_id}/2"
    assert "beside the point" in third.get(page).text
    assert third.post(page, data=points(1, 1, seen=2)).status_code == 409, "another window"
    assert third.post(page, data=points(1, 1, seen=3)).status_code == 302
    mark(bench, attempt_id, 3, FULL)
    mark(bench, attempt_id, 3, FULL, by="reviewer.jn")
    assert attempt(bench, attempt_id).score_percent == Decimal("83.33")
    with pytest.raises(Conflict):
        mark(bench, attempt_id, given=FULL, by="nobody", seen=4)


def test_the_trainee_reads_both_comments_and_no_name_where_the_mean_counts(pair: Bench, as_: As) -> None:
    attempt_id = sit(pair, "words")
    mark(pair, attempt_id, given=Given({"a": 3, "b": 1}, "well argued"))
    mark(pair, attempt_id, given=Given({"a": 2, "b": 1}, "name the dose"), by="reviewer.jn")
    result = as_(pair.trainee, "en").get(f"/quiz/attempts/{attempt_id}/result")
    for told in ("well argued", "name the dose", "3.5 of 4", "2.5 / 3", "the mean of both counts"):
        assert told in main_text(result)
    for name in ("instructor.jn", "reviewer.jn"):
        assert pair.people[name].name not in result.text


def test_erasing_empties_all_comments_and_keeps_what_the_marks_are(pair: Bench) -> None:
    attempt_id = sit(pair, "words")
    mark_apart(pair, attempt_id)
    mark(pair, attempt_id, given=Given({"a": 1, "b": 1}, "a word more"), by="nobody", seen=2)
    with pair.writing():
        erasure.erase(pair.trainee.id, by=None)
    assert [(one.comment, one.number) for one in marks(pair)] == [("", 1), ("", 2), ("", 3)]
    with pytest.raises(DBAPIError, match="append-only"), pair.writing():
        changed = "UPDATE essay_mark SET comment = '', kind = 'sole' WHERE attempt_id = :one"
        db.session.execute(text(changed), {"one": attempt_id})


def test_marked_anew_the_mean_counts_as_before(pair: Bench) -> None:
    attempt_id = sit(pair, "words")
    mark(pair, attempt_id, given=FULL)
    mark(pair, attempt_id, given=THREE, by="reviewer.jn")
    rulings.decide(pair, rulings.drafted(pair, Ruled.DROPPED, 0))
    assert attempt(pair, attempt_id).score_percent == Decimal("87.5")


def test_marked_anew_the_decision_of_the_third_person_counts(pair: Bench) -> None:
    attempt_id = sit(pair, "words")
    mark_apart(pair, attempt_id)
    mark(pair, attempt_id, given=THREE, by="nobody", seen=2)
    rulings.decide(pair, rulings.drafted(pair, Ruled.DROPPED, 0))
    assert attempt(pair, attempt_id).score_percent == Decimal(75)


def test_the_page_tells_how_far_two_agree_once_results_are_decided(pair: Bench, as_: As) -> None:
    client = as_(pair.people["instructor.jn"], "en")
    attempt_id = sit(pair, "words")
    mark_apart(pair, attempt_id)
    assert "Nothing to compare yet" in main_text(client.get("/marking/agreement"))
    mark(pair, attempt_id, given=THREE, by="nobody", seen=2)
    other = sit(pair, "other words", name="other_trainee.jn")
    mark(pair, other, given=FULL)
    mark(pair, other, given=THREE, by="reviewer.jn")
    told = main_text(client.get("/marking/agreement"))
    assert re.search(r"first essay\s+Little quiz\s+2\s+50%\s+62\.5%\s+–", told)
    assert "Nothing to compare yet" in main_text(as_(pair.people["instructor.qd"], "en").get("/marking/agreement"))


def share(points: int) -> Fraction:
    return Fraction(points, 10)


@pytest.mark.one_database
def test_kappa_by_hand() -> None:
    pairs = [Pair(share(a), share(b), a == b) for a, b in [(1, 1), (1, 2), (2, 2), (3, 3)] * 10]
    # mean of squared differences 1/4; by chance, over all 16 pairs of the four: 20/16
    assert weighted_kappa(pairs) == pytest.approx(1 - (1 / 4) / (20 / 16))
    assert agreement_of(pairs).within == 30
    assert agreement_of(pairs).difference == Fraction(1, 40)
    assert agreement_of(pairs[:29]).kappa is None
    assert weighted_kappa([Pair(share(5), share(5), True)] * 40) is None


totals = st.integers(0, 100)


@pytest.mark.one_database
@given(totals, totals, st.integers(0, 100))
def test_what_counts_is_the_exact_mean_or_nothing(one: int, other: int, tolerance: int) -> None:
    rubric: list[dict[str, Any]] = [{"id": "a", "text": {}, "points": 100}]
    first = EssayMark(number=1, marker_id=1, kind=MarkKind.FIRST, points={"a": one}, comment="", critical=False)
    second = Given({"a": other})
    kind = rules.kind_of(Part.SECOND, rubric, tolerance, second, [first])
    assert (kind is MarkKind.AGREED) == (abs(one - other) <= tolerance)
    both = [first, EssayMark(number=2, marker_id=2, kind=kind, points={"a": other}, comment="", critical=False)]
    found = rules.counted(both)
    assert (found is None) == (kind is MarkKind.DIFFERING)
    assert found is None or rules.fraction(rubric, found.points) == Fraction(one + other, 200)


def test_the_form_of_a_quiz_says_how_many_mark_and_how_far_apart_they_may_be(app: Flask, as_: As) -> None:
    bench = build(app, ONE)
    instructor = as_(bench.people["instructor.jn"], "en")
    page = f"/quizzes/{bench.quiz_id}"
    assert "marked by two people apart" not in main_text(instructor.get(page))
    for wrong in ({"markers": "3"}, {"markers": "2", "tolerance": "101"}):
        assert instructor.submit(f"{page}/edit", wrong).status_code == 422
    assert instructor.submit(f"{page}/edit", {"markers": "2", "tolerance": "15"}).status_code == 302
    assert "up to 15% of the points" in main_text(instructor.get(page))
    assert instructor.submit(f"{page}/edit", {"title_en": "Again"}).status_code == 302
    with bench.looking():
        versions = select(QuizVersion).where(QuizVersion.quiz_id == bench.quiz_id).order_by(QuizVersion.version)
        told = [(one.markers, one.tolerance) for one in db.session.scalars(versions)]
    assert told == [(1, 10), (2, 15), (2, 15)]
