"""A trainee asks for a check of a mark, and what comes of it: upheld, or a written answer marked anew."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from certificates.models import Certificate
from certificates.questions.models import QuestionState
from question_bank.exams import scores
from question_bank.exams.models import ExamSession
from question_bank.exams.queries import sessions as exams
from question_bank.exams.queries import sites
from question_bank.marking.services import Given
from question_bank.models import AttemptItem
from question_bank.rechecks.rules import Outcome
from question_bank.regrading import services as regrading
from question_bank.regrading import tasks as work
from question_bank.regrading.rules import Ruled
from tests.certificates.test_questions import asked, certify
from tests.client import main_text
from tests.question_bank import essays, rulings
from tests.question_bank.conftest import Bench, build
from tests.question_bank.exam_bench import act
from tests.question_bank.recheck_bench import (
    OPENED,
    OVER,
    WHY,
    As,
    Move,
    answer,
    ask,
    examined,
    kept,
    look,
    page_of,
    sat,
)
from tests.question_bank.test_regrading import require_ledger
from training.core.audit import AuditLine
from training.core.db import db
from training.messages.models import InboxEntry, Message
from training.privacy import erasure, holdings

pytestmark = pytest.mark.world
FULL = {"a": "3", "b": "1"}


@pytest.fixture
def exam(app: Flask) -> Bench:
    return examined(app)


def told(bench: Bench, attempt_id: int) -> list[Message]:
    with bench.looking():
        own = select(Message).join(InboxEntry, InboxEntry.message_id == Message.id)
        of_person = own.where(InboxEntry.person_id == bench.trainee.id, Message.key == f"recheck:{attempt_id}")
        return list(db.session.scalars(of_person))


def test_the_trainee_asks_once_beside_the_result_and_sees_how_it_stands(exam: Bench, as_: As, at: Move) -> None:
    attempt_id = sat(exam, at)
    client = as_(exam.trainee, "en")
    result = f"/quiz/attempts/{attempt_id}/result"
    assert "you can ask once for your mark to be checked" in main_text(client.get(result))
    form = client.get(f"/quiz/attempts/{attempt_id}/recheck")
    assert "2. first essay" in main_text(form)
    empty = ask(client, attempt_id, " ", 2)
    assert (empty.status_code, kept(exam, attempt_id)) == (422, None)
    assert ask(client, attempt_id, WHY, 2, 9).status_code == 422
    assert kept(exam, attempt_id) is None
    assert ask(client, attempt_id, WHY, 2).location == result
    page = main_text(client.get(result))
    assert "being checked" in page
    assert "about items 2" in page
    assert WHY in page
    assert client.get(f"/quiz/attempts/{attempt_id}/recheck").location == result
    found = kept(exam, attempt_id)
    assert found is not None
    assert (found.positions, found.score_before, found.passed_before) == ([2], Decimal(50), False)


@pytest.mark.parametrize(("typed", "marks", "outcome"), [({}, 2, Outcome.UPHELD), ({"a": "0"}, 3, Outcome.CHANGED)])
def test_a_mean_of_two_marks_stays_where_it_is_left_and_gives_way_to_a_new_mark(
    app: Flask, as_: As, at: Move, typed: dict[str, str], marks: int, outcome: Outcome
) -> None:
    exam = examined(app, markers=2, tolerance=25)
    essays.add_marker(exam)
    at(OPENED)
    attempt_id = essays.sit(exam, "words")
    at(OVER)
    essays.mark(exam, attempt_id, given=Given({"a": 3, "b": 1}))
    essays.mark(exam, attempt_id, given=Given({"a": 2, "b": 1}), by="reviewer.jn")
    before = essays.attempt(exam, attempt_id).score_percent
    assert ask(as_(exam.trainee), attempt_id).status_code == 302
    assert answer(as_(exam.people["nobody"]), attempt_id, **typed).status_code == 302
    found = kept(exam, attempt_id)
    assert found is not None
    assert (found.outcome, len(essays.marks(exam))) == (outcome, marks)
    after = Decimal("62.50") if typed else before
    assert before == Decimal("93.75")
    assert essays.attempt(exam, attempt_id).score_percent == found.score_after == after


def test_a_second_click_is_the_first_request_and_another_one_is_refused(exam: Bench, as_: As, at: Move) -> None:
    attempt_id = sat(exam, at)
    client = as_(exam.trainee, "en")
    assert ask(client, attempt_id, WHY, 2).status_code == 302
    assert ask(client, attempt_id, WHY, 2).status_code == 302
    other = ask(client, attempt_id, "another tab")
    assert (other.status_code, "checked once" in main_text(other)) == (409, True)
    assert "another tab" in other.text, "what was typed is still there"
    found = kept(exam, attempt_id)
    assert found is not None
    assert found.reason == WHY
    with exam.looking():
        verbs = select(AuditLine.verb).where(AuditLine.verb.startswith("attempt.recheck"))
        assert db.session.scalars(verbs.where(AuditLine.object_id == str(attempt_id))).all() == ["attempt.recheck-ask"]


def test_it_can_be_asked_for_until_the_seventh_day_is_over(exam: Bench, as_: As, at: Move) -> None:
    first, second = sat(exam, at), sat(exam, at, name="other_trainee.jn")
    at(OVER + timedelta(days=7))
    assert ask(as_(exam.trainee), first).status_code == 302
    at(OVER + timedelta(days=8))
    other = as_(exam.people["other_trainee.jn"], "en")
    late = ask(other, second)
    assert (late.status_code, "could be asked for until" in main_text(late)) == (409, True)
    assert kept(exam, second) is None
    assert "could be asked for" in main_text(other.get(f"/quiz/attempts/{second}/result"))
    assert other.get(f"/quiz/attempts/{second}/recheck").status_code == 302


def test_nobody_asks_for_others_nor_before_a_result_nor_of_a_void_attempt(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta(minutes=10))
    attempt_id = essays.sit(exam, "words")
    client = as_(exam.trainee, "en")
    early = ask(client, attempt_id)
    assert (early.status_code, "not told yet" in main_text(early)) == (409, True)
    at(OVER)
    essays.mark(exam, attempt_id)
    assert ask(as_(exam.people["other_trainee.jn"]), attempt_id).status_code == 404
    assert as_(exam.people["other_trainee.jn"]).get(f"/quiz/attempts/{attempt_id}/recheck").status_code == 404
    person = f"{essays.attempt(exam, attempt_id).session_id}/people/{exam.trainee.id}"
    assert act(exam, as_, f"{person}/void", reason="替考").status_code == 302
    void = ask(as_(exam.trainee, "en"), attempt_id)
    assert (void.status_code, "void" in main_text(void)) == (409, True)
    assert kept(exam, attempt_id) is None


def test_marks_of_open_quizzes_are_not_checked(app: Flask, as_: As) -> None:
    bench = build(app, essays.ONE, shuffle_items=False)
    attempt_id = essays.sit(bench)
    client = as_(bench.trainee, "en")
    assert "checked" not in main_text(client.get(f"/quiz/attempts/{attempt_id}/result"))
    refused = ask(client, attempt_id)
    assert (refused.status_code, "Marks of examinations are checked" in main_text(refused)) == (409, True)


def test_upheld_with_words_and_no_name(exam: Bench, as_: As, at: Move) -> None:
    attempt_id = sat(exam, at)
    ask(as_(exam.trainee), attempt_id, WHY, 2)
    checker = as_(exam.people["reviewer.jn"], "en")
    listed = checker.get("/marking/rechecks/")
    assert page_of(attempt_id) in listed.text
    assert exam.trainee.name not in main_text(listed)
    assert "Marks to check" in main_text(checker.get("/items/"))
    looked = look(checker, attempt_id)
    assert "mark upheld: 50 points · not passed" in main_text(looked)
    assert kept(exam, attempt_id).outcome is None, "looking changes nothing"  # type: ignore[union-attr]
    assert answer(checker, attempt_id).status_code == 302
    found = kept(exam, attempt_id)
    assert found is not None
    assert (found.outcome, found.score_after, found.answer) == (Outcome.UPHELD, Decimal(50), "已逐条核对。")
    page = main_text(as_(exam.trainee, "en").get(f"/quiz/attempts/{attempt_id}/result"))
    assert "mark upheld" in page
    assert "已逐条核对。" in page
    assert exam.people["reviewer.jn"].name not in page
    [message] = told(exam, attempt_id)
    assert "stays as it is: 50 points" in message.body_en
    assert "维持" in message.body_zh
    assert len(essays.marks(exam)) == 1
    assert len(essays.lines(exam)) == 1
    done = checker.get("/marking/rechecks/?answered=1")
    assert "mark upheld" in main_text(done)
    assert exam.people["reviewer.jn"].name in main_text(checker.get(page_of(attempt_id)))


def test_a_written_answer_is_marked_anew_with_all_that_follows(exam: Bench, as_: As, at: Move) -> None:
    attempt_id = sat(exam, at)
    ask(as_(exam.trainee), attempt_id, WHY, 2)
    checker = as_(exam.people["reviewer.jn"], "en")
    looked = main_text(look(checker, attempt_id, **FULL))
    assert "mark corrected: 50 points · not passed before, 100 points · passed after" in looked
    assert answer(checker, attempt_id, **FULL).status_code == 302
    done = essays.attempt(exam, attempt_id)
    assert (done.score_percent, done.passed, done.counted) == (Decimal(100), True, False)
    assert [(one.number, one.points) for one in essays.marks(exam)] == [(1, {"a": 0, "b": 0}), (2, {"a": 3, "b": 1})]
    first, second = essays.lines(exam)
    assert (first.outcome, second.outcome) == ("question_bank:failed", "question_bank:passed")
    assert (second.client_key, second.corrects_id) == (f"attempt:{attempt_id}:recheck", first.id)
    assert second.authority_id == exam.people["reviewer.jn"].id
    with exam.looking():
        item = db.session.get_one(AttemptItem, (attempt_id, 2))
        assert (item.earned, item.critical_error) == (Decimal(1), False)
        lines = select(AuditLine.verb).where(AuditLine.object_type == "attempt", AuditLine.object_id == str(attempt_id))
        verbs = db.session.scalars(lines.order_by(AuditLine.id)).all()
    assert verbs[-4:] == ["attempt.recheck-ask", "attempt.mark", "attempt.regrade", "attempt.recheck-answer"]
    [message] = told(exam, attempt_id)
    assert "you had 50 points, you have 100 now" in message.body_en
    assert "With that you have passed." in message.body_en
    page = main_text(as_(exam.trainee, "en").get(f"/quiz/attempts/{attempt_id}/result"))
    assert "mark corrected" in page
    assert "50 points before, 100 after" in page
    require_ledger(exam)
    with exam.writing():
        assert regrading.look_at(db.session.merge(done), {}).moves == [], "marked anew, it comes to just this"


def test_a_ruling_after_a_check_corrects_the_line_of_the_check(exam: Bench, as_: As, at: Move) -> None:
    attempt_id = sat(exam, at)
    ask(as_(exam.trainee), attempt_id)
    answer(as_(exam.people["reviewer.jn"]), attempt_id, **FULL)
    rulings.decide(exam, rulings.drafted(exam, Ruled.PASS_MARK, pass_percent=100))
    assert essays.attempt(exam, attempt_id).passed
    rulings.decide(exam, rulings.drafted(exam, Ruled.DROPPED, 1))
    assert essays.attempt(exam, attempt_id).score_percent == Decimal(100)
    require_ledger(exam)


def test_a_ruling_that_changed_the_result_since_is_told_as_a_correction(exam: Bench, as_: As, at: Move) -> None:
    attempt_id = sat(exam, at)
    ask(as_(exam.trainee), attempt_id)
    checker = as_(exam.people["reviewer.jn"], "en")
    with exam.looking():
        version = rulings.versions_of(exam)[1]
    address = f"/quizzes/{exam.quiz_id}/rulings/new?item_version={version}"
    assert address in checker.get(page_of(attempt_id)).text
    ruling = rulings.drafted(exam, Ruled.FULL, 1)
    rulings.decide(exam, ruling, work=False)
    waits = checker.post(page_of(attempt_id), data={"words": "x", "i2-points_a": "0", "i2-points_b": "0"})
    assert (waits.status_code, "being carried out" in main_text(waits)) == (409, True)
    with exam.app.app_context():
        work.work(ruling)
    assert "mark corrected" in main_text(look(checker, attempt_id))
    assert answer(checker, attempt_id).status_code == 302
    found = kept(exam, attempt_id)
    assert found is not None
    assert (found.outcome, found.score_before, found.score_after) == (Outcome.CHANGED, Decimal(50), Decimal(100))
    assert len(essays.marks(exam)) == 1
    require_ledger(exam)


def test_the_score_book_says_that_a_check_corrected_a_mark(exam: Bench, as_: As, at: Move) -> None:
    first, second = sat(exam, at), sat(exam, at, name="other_trainee.jn")
    for name, attempt_id, typed in (("trainee.jn", first, FULL), ("other_trainee.jn", second, {})):
        ask(as_(exam.people[name]), attempt_id)
        answer(as_(exam.people["reviewer.jn"]), attempt_id, **typed)
    with exam.looking(), exam.app.test_request_context():
        session = db.session.scalars(select(ExamSession).where(ExamSession.quiz_id == exam.quiz_id)).one()
        rows = exams.scores_of(sites.site_visible_to(exam.actor("coordinator.jn"), session.id))
        by_name = {row[1]: row[-1] for row in scores.lines(rows)}
    names = [exam.people[one].name for one in ("trainee.jn", "other_trainee.jn")]
    assert [by_name[one] for one in names] == ["复核后更正", ""]


def test_erasing_empties_the_words_and_keeps_what_was_decided(exam: Bench, as_: As, at: Move) -> None:
    attempt_id, other = sat(exam, at), sat(exam, at, name="other_trainee.jn")
    ask(as_(exam.trainee), attempt_id, WHY, 2)
    ask(as_(exam.people["other_trainee.jn"]), other)
    answer(as_(exam.people["reviewer.jn"]), attempt_id, **FULL)
    with exam.looking():
        [row] = [one for one in holdings.of(exam.trainee.id)["recheck"] if one["attempt_id"] == attempt_id]
    assert (row["reason"], row["outcome"]) == (WHY, "changed"), "whoever asked takes it along"
    with exam.writing():
        erasure.erase(exam.trainee.id, by=None)
        erasure.erase(exam.people["other_trainee.jn"].id, by=None)
    found, waiting = kept(exam, attempt_id), kept(exam, other)
    assert found is not None
    assert waiting is not None
    assert (found.reason, found.answer, found.score_after) == ("", "", Decimal(100))
    assert (waiting.reason, waiting.answer, waiting.outcome) == ("", None, None)
    checker = as_(exam.people["reviewer.jn"], "en")
    assert checker.get(page_of(other)).status_code == 404
    assert "No request waits" in main_text(checker.get("/marking/rechecks/"))


def test_what_was_asked_and_answered_stands_for_ever(exam: Bench, as_: As, at: Move) -> None:
    attempt_id = sat(exam, at, Given({"a": 3, "b": 1}))
    ask(as_(exam.trainee), attempt_id)
    statements = ["UPDATE recheck SET reason = ''", "DELETE FROM recheck", "UPDATE recheck SET score_before = 1"]
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), exam.writing():
            db.session.execute(text(statement))
    answer(as_(exam.people["reviewer.jn"]), attempt_id)
    for statement in [*statements, "UPDATE recheck SET answer = 'x'", "UPDATE recheck SET score_after = 1"]:
        with pytest.raises(DBAPIError, match="append-only"), exam.writing():
            db.session.execute(text(statement))


def test_a_pass_that_is_lost_is_told_before_and_its_certificate_put_to_the_base(exam: Bench, as_: As, at: Move) -> None:
    attempt_id = sat(exam, at, Given({"a": 3, "b": 0}))
    certificate_id = certify(exam)
    ask(as_(exam.trainee), attempt_id)
    checker = as_(exam.people["reviewer.jn"], "en")
    looked = look(checker, attempt_id, a="0", b="0")
    with exam.looking():
        number = db.session.get_one(Certificate, certificate_id).number
    assert f"The base decides about the certificate {number}." in main_text(looked)
    assert asked(exam, certificate_id) == []
    assert answer(checker, attempt_id, a="0", b="0").status_code == 302
    [question] = asked(exam, certificate_id)
    assert question.state is QuestionState.OPEN
    assert [one.outcome for one in essays.lines(exam)] == ["question_bank:passed", "question_bank:taken-back"]
    assert "this attempt does not reach the pass mark any more" in told(exam, attempt_id)[0].body_en
    require_ledger(exam)
