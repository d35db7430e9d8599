"""A certificate whose ground is lost by a ruling: its base is asked, and keeps it, revokes it, or need not decide."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from certificates import queries as register
from certificates import services as certificates
from certificates.models import Certificate, CertificateStatus
from certificates.questions import queries, services
from certificates.questions.models import CertificateQuestion, QuestionState
from question_bank.models import Attempt
from question_bank.queries import quizzes
from question_bank.regrading.rules import Ruled
from question_bank.services import answers, sitting
from question_bank.services.quizzes import Rules, Titles, add_quiz
from tests.client import CheckingClient, main_text
from tests.question_bank import rulings
from tests.question_bank.conftest import NOW, Bench, build
from tests.question_bank.test_regrading import RIGHT, require_ledger, sit
from training.activities.models import Activity
from training.core import clock
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope
from training.messages.models import Message
from training.places.models import TrainingBase
from training.programmes import services as programmes
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus
from training.programmes.trees import Group
from training.progress import consequences
from training.progress.consequences import Change

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
SCRAPED = {"p1": ["b"], "p2": ["c"], "p3": ["a", "d"], "p4": ["true"], "p5": ["a"]}  # 4 of 6 points


@pytest.fixture
def bench(app: Flask) -> Bench:
    return build(app)


def certify(bench: Bench, code: str = "Q-1", name: str = "trainee.jn") -> int:
    """Issue the certificate of somebody who has completed the programme of a cohort; its id."""
    with bench.writing():
        coordinator = bench.actor("coordinator.jn")
        enrolment = _enrolment(bench, name, code)
        candidate = register.candidate_for(coordinator, enrolment.id)
        return certificates.issue(candidate, issued_by=coordinator, typefaces=None, site="http://anning.test").id


def _enrolment(bench: Bench, name: str, code: str = "Q-1") -> Enrolment:
    own = select(Enrolment).join(Cohort, Cohort.id == Enrolment.cohort_id)
    return db.session.scalars(own.where(Cohort.code == code, Enrolment.person_id == bench.people[name].id)).one()


def asked(bench: Bench, certificate_id: int) -> list[CertificateQuestion]:
    with bench.looking():
        found = select(CertificateQuestion).where(CertificateQuestion.certificate_id == certificate_id)
        return list(db.session.scalars(found.order_by(CertificateQuestion.id)))


def lose(bench: Bench) -> Any:
    """Let the two points of the third item count for nobody: 2 of 4 is not enough."""
    return rulings.decide(bench, rulings.drafted(bench, Ruled.DROPPED, 2))


def test_a_lost_pass_is_told_before_and_asked_after_and_the_base_keeps_the_certificate(bench: Bench, as_: As) -> None:
    sit(bench, **SCRAPED)
    certificate_id = certify(bench)
    with bench.looking():
        number = db.session.get_one(Certificate, certificate_id).number
    drafted = rulings.drafted(bench, Ruled.DROPPED, 2)
    preview = main_text(as_(bench.people["instructor.jn"], "en").get(f"/quizzes/rulings/{drafted}"))
    assert f"The base decides about the certificate {number}." in preview
    assert asked(bench, certificate_id) == []
    rulings.decide(bench, drafted)
    [question] = asked(bench, certificate_id)
    assert question.state is QuestionState.OPEN
    assert "Passed at first; not any more after it was marked anew: 50 points." in question.because_en
    coordinator = as_(bench.people["coordinator.jn"], "en")
    assert "Certificates to decide about" in main_text(coordinator.get("/cohorts/"))
    assert number in main_text(coordinator.get("/certificates/questions/"))
    assert "its base decides" in main_text(coordinator.get(f"/certificates/{certificate_id}"))
    assert "valid" in main_text(coordinator.get(f"/verify/{number}")), "nothing is revoked by itself"
    page = f"/certificates/questions/{question.id}"
    assert coordinator.submit(page, {"reason": " "}).status_code == 422
    assert coordinator.submit(page, {"reason": "补考已安排，先予保留"}).status_code == 303
    [question] = asked(bench, certificate_id)
    assert (question.state, question.reason) == (QuestionState.KEPT, "补考已安排，先予保留")
    assert "补考已安排" in coordinator.get(f"/certificates/{certificate_id}").text
    assert coordinator.post(f"{page}/keep", data={"reason": "again"}).status_code == 409
    assert as_(bench.people["coordinator.qd"]).get(page).status_code == 404
    with bench.looking():
        keys = db.session.scalars(select(Message.key).where(Message.key.startswith("certificate-question:"))).all()
    assert {f"certificate-question:{question.id}", f"certificate-question:{question.id}:kept"} <= set(keys)
    require_ledger(bench)


def test_revoking_answers_the_question(bench: Bench) -> None:
    sit(bench, **SCRAPED)
    certificate_id = certify(bench)
    lose(bench)
    with bench.writing():
        coordinator = bench.actor("coordinator.jn")
        entry = register.entry_visible_to(coordinator, certificate_id)
        certificates.revoke(entry, "成绩改判后未通过", revoked_by=coordinator)
    [question] = asked(bench, certificate_id)
    assert (question.state, question.decided_by_id) == (QuestionState.REVOKED, bench.people["coordinator.jn"].id)
    with bench.writing(), pytest.raises(Conflict):
        coordinator = bench.actor("coordinator.jn")
        services.keep(queries.question_visible_to(coordinator, question.id), "x", kept_by=coordinator)
    require_ledger(bench)


def test_suspending_answers_the_question_and_leaves_the_rest_open(bench: Bench, as_: As) -> None:
    sit(bench, **SCRAPED)
    certificate_id = certify(bench)
    lose(bench)
    [question] = asked(bench, certificate_id)
    coordinator = as_(bench.people["coordinator.jn"], "en")
    page = coordinator.get(f"/certificates/questions/{question.id}")
    assert f'href="/certificates/{certificate_id}/suspend"' in page.text
    assert coordinator.post(f"/certificates/{certificate_id}/duplicate", data={"reason": "lost"}).status_code == 422
    assert coordinator.submit(f"/certificates/{certificate_id}/suspend", {"reason": "成绩改判"}).status_code == 303
    [question] = asked(bench, certificate_id)
    assert (question.state, question.decided_by_id) == (QuestionState.SUSPENDED, bench.people["coordinator.jn"].id)
    assert "suspended" in main_text(coordinator.get("/certificates/questions/"))
    with bench.looking():
        assert db.session.get_one(Certificate, certificate_id).status is CertificateStatus.SUSPENDED
    require_ledger(bench)


def test_a_pass_regained_before_the_decision_settles_it(bench: Bench) -> None:
    sit(bench, **SCRAPED)
    certificate_id = certify(bench)
    lose(bench)
    sit(bench, **RIGHT)  # the resit
    [question] = asked(bench, certificate_id)
    assert (question.state, question.decided_by_id) == (QuestionState.REGAINED, None)
    with bench.looking():
        assert db.session.get_one(Certificate, certificate_id).status is CertificateStatus.VALID
        assert _enrolment(bench, "trainee.jn").status is EnrolmentStatus.COMPLETED
    require_ledger(bench)


def test_so_does_a_second_ruling_and_a_third_asks_again(bench: Bench) -> None:
    sit(bench, **SCRAPED)
    certificate_id = certify(bench)
    lose(bench)
    with bench.looking():
        own = rulings.versions_of(bench)[2]
    rulings.decide(bench, rulings.drafted(bench, Ruled.KEY, 2, by_version_id=own))
    assert [one.state for one in asked(bench, certificate_id)] == [QuestionState.REGAINED]
    rulings.decide(bench, rulings.drafted(bench, Ruled.PASS_MARK, pass_percent=90))
    assert [one.state for one in asked(bench, certificate_id)] == [QuestionState.REGAINED, QuestionState.OPEN]
    require_ledger(bench)


def test_a_pass_gained_completes_the_programme(bench: Bench) -> None:
    sit(bench, p1=["b"], p2=["c"], p3=["a", "b"], p4=["false"])
    with bench.looking():
        assert _enrolment(bench, "trainee.jn").status is EnrolmentStatus.OPEN
    preview = rulings.decide(bench, rulings.drafted(bench, Ruled.FULL, 2))
    assert list(preview.gained) == [bench.trainee.id]
    with bench.looking():
        assert _enrolment(bench, "trainee.jn").status is EnrolmentStatus.COMPLETED
    assert certify(bench)
    require_ledger(bench)


def test_who_has_chosen_something_else_of_a_choice_keeps_the_ground(bench: Bench) -> None:
    """At least one of two quizzes: both are passed, one is lost; the certificate still rests on the other."""
    with bench.writing(), clock.frozen(NOW):
        base = db.session.scalars(select(TrainingBase).where(TrainingBase.code == "B-jn")).one()
        scope = db.session.get_one(Scope, base.scope_id)
        first = db.session.get_one(Activity, bench.quiz_id)
        chosen = [(item, 1) for _place, item in quizzes.items_of(first.id, 1)]
        rules = quizzes.rules_of(first.id, 1)
        other = add_quiz(
            scope, Titles("另一测验", "Other quiz"), Rules(20, rules.pass_percent, 2, 0), chosen[:1], added_by=None
        )
        programme = programmes.add_programme(
            code="CH",
            title_zh="二选一",
            title_en="One of two",
            scope_id=scope.id,
            requires=[Group("二选一", "One of two", 1, (first.id, other.id))],
            valid_months=12,
        )
        coordinator = bench.actor("coordinator.jn")
        cohort = programmes.open_cohort(
            base,
            programme,
            code="CH-1",
            name="选考班",
            starts_on=NOW.date(),
            ends_on=NOW.date(),
            opened_by=coordinator,
        )
        programmes.enrol(cohort, bench.trainee, enrolled_by=coordinator)
    sit(bench, **SCRAPED)
    certificate_id = certify(bench, "CH-1")
    change = Change(bench.trainee.id, bench.quiz_id, reached=False)
    with bench.looking():
        assert [one.person_id for one in consequences.preview([change])] == [bench.trainee.id]
    with bench.writing():
        attempt = sitting.start(other.id, bench.trainee)
        answers.save(attempt.id, {1: answers.Given(["b"])}, person_id=bench.trainee.id)
        sitting.hand_in(db.session.get_one(Attempt, attempt.id), by=bench.trainee)
        assert attempt.score_percent == Decimal(100)
    with bench.looking():
        assert consequences.preview([change]) == []
    lose(bench)
    assert asked(bench, certificate_id) == []


def test_keeping_needs_a_reason(bench: Bench) -> None:
    sit(bench, **SCRAPED)
    certificate_id = certify(bench)
    lose(bench)
    [question] = asked(bench, certificate_id)
    for reason in ("", "  ", "x" * 501):
        with bench.writing(), pytest.raises(Invalid):
            coordinator = bench.actor("coordinator.jn")
            services.keep(queries.question_visible_to(coordinator, question.id), reason, kept_by=coordinator)
    assert asked(bench, certificate_id)[0].state is QuestionState.OPEN
