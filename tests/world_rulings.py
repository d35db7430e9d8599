"""A ruling on the quiz of each place, and what its base decided about the first trainee's certificate.

The ruling lets the first item count for nobody, which moves nobody's score: who had everything right still has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from certificates.models import Certificate
from certificates.questions import queries as questions_of
from certificates.questions import services as asking
from certificates.questions.models import CertificateQuestion
from question_bank.models import Attempt, AttemptItem
from question_bank.queries import quizzes
from question_bank.regrading import services
from question_bank.regrading.models import Ruling
from question_bank.regrading.rules import Ruled
from training.activities.models import Activity
from training.core.db import db

if TYPE_CHECKING:
    from tests.world import Making


def add_rulings(making: Making, place: str, quiz: Activity) -> None:
    """Decide the ruling and carry it out; keep the certificate that was asked about."""
    instructor, coordinator = making.actor(f"instructor.{place}"), making.actor(f"coordinator.{place}")
    first = making.people[f"trainee.{place}"]
    shown = select(AttemptItem.item_version_id).join(Attempt, Attempt.id == AttemptItem.attempt_id)
    version = db.session.scalars(shown.where(Attempt.person_id == first.id, AttemptItem.position == 1)).one()
    _quiz, scope = quizzes.quiz_visible_to(instructor, quiz.id)
    wish = services.Wish(Ruled.DROPPED, "题干有歧义。", item_version_id=version)
    ruling = services.draft(quiz, scope, wish, drafted_by=instructor)
    preview = services.look(ruling)
    services.decide(ruling, scope, preview, seen=preview.seen, decided_by=instructor)
    services.carry_out(ruling.id, first.id)
    services.pass_on(ruling.id, None)
    certificate = db.session.scalars(select(Certificate).where(Certificate.person_id == first.id)).one()
    asking.ask(certificate)
    asked = select(CertificateQuestion.id).where(CertificateQuestion.certificate_id == certificate.id)
    question = questions_of.question_visible_to(coordinator, db.session.scalars(asked).one())
    asking.keep(question, "已与本人核实。", kept_by=coordinator)


def rulings(place: str) -> list[Any]:
    """The rulings on quizzes of a place."""
    from tests.world import person_id

    own = select(Ruling.id).where(Ruling.drafted_by_id == person_id(f"instructor.{place}"))
    return list(db.session.scalars(own))


def questions(place: str) -> list[Any]:
    """What was asked about certificates of a place."""
    from tests.world import person_id

    own = select(CertificateQuestion.id).join(Certificate, Certificate.id == CertificateQuestion.certificate_id)
    return list(db.session.scalars(own.where(Certificate.person_id == person_id(f"trainee.{place}"))))
