"""Asking a base about a certificate whose programme is not fulfilled any more, and keeping it; nothing is revoked here.

Revoking is `certificates.services.revoke`, which closes the question too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import gettext as _

from certificates import drafts, queries, services
from certificates.models import Certificate
from certificates.permissions import Permission
from certificates.questions import queries as questions
from certificates.questions.models import CertificateQuestion, QuestionState
from certificates.questions.queries import Asked
from training.accounts import services as accounts
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db, insert
from training.core.errors import Conflict, Invalid
from training.messages import services as messages
from training.programmes.models import Enrolment, EnrolmentStatus
from training.progress import consequences
from training.progress import queries as progress
from training.progress.consequences import Change, Consequence

LONGEST_BECAUSE = 1000
LONGEST_REASON = 500


def follow(enrolment: Enrolment) -> None:
    """An enrolment is open again, or complete: ask about its certificate in force, or let the question rest."""
    certificate = queries.in_force(enrolment.id)
    if certificate is None:
        return
    if enrolment.status is EnrolmentStatus.OPEN:
        ask(certificate)
    else:
        services.close_question(certificate, QuestionState.REGAINED, decided_by=None)


def ask(certificate: Certificate) -> None:
    """Put a certificate in force to its base, once, and tell its holder. Does not commit."""
    steps = progress.steps_of([certificate.enrolment_id])[certificate.enrolment_id]
    because = drafts.in_both(lambda: services.open_steps(steps))
    statement = insert(CertificateQuestion).values(
        certificate_id=certificate.id,
        because_zh=because.zh[:LONGEST_BECAUSE],
        because_en=because.en[:LONGEST_BECAUSE],
        asked_at=clock.now(),
        state=QuestionState.OPEN,
    )
    question_id = db.session.scalar(statement.on_conflict_do_nothing().returning(CertificateQuestion.id))
    if question_id is not None:
        _tell(certificate, f"certificate-question:{question_id}", _asked)


def _asked(number: str) -> str:
    return str(
        _(
            "A result on which your certificate %(number)s rests was corrected. Your base looks at it and decides "
            "whether the certificate stays in force; until then it does. Speak to your base coordinator if you have "
            "questions.",
            number=number,
        )
    )


def _kept(number: str) -> str:
    return str(_("Your base has decided: your certificate %(number)s stays in force.", number=number))


def _tell(certificate: Certificate, key: str, say: Callable[[str], str]) -> None:
    """A message to whoever holds the certificate."""
    title = drafts.in_both(lambda: _("About your certificate"))
    body = drafts.in_both(lambda: say(certificate.number))
    messages.send(
        [certificate.person_id],
        title_zh=title.zh,
        title_en=title.en,
        body_zh=body.zh,
        body_en=body.en,
        key=key,
        url=f"/certificates/{certificate.id}",
    )


def keep(asked: Asked, reason: str, *, kept_by: Actor) -> None:
    """Decide that a certificate stays in force, for a reason. Does not commit.

    Raises `NotAllowed`, `Invalid` (no reason, or too long a one) or `Conflict` (decided before).
    """
    question, reason = asked.question, reason.strip()
    kept_by.require(Permission.REVOKE, asked.scope.path)
    accounts.lock(asked.certificate.person_id)
    db.session.refresh(question)
    require_open(question)
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(_("Write why the certificate stays in force, in at most %(max)d characters.", max=LONGEST_REASON))
    question.state, question.reason = QuestionState.KEPT, reason
    question.decided_at, question.decided_by_id = clock.now(), kept_by.id
    db.session.flush()
    audit.record(kept_by, "certificate.keep", asked.certificate, number=asked.certificate.number, reason=reason)
    _tell(asked.certificate, f"certificate-question:{question.id}:kept", _kept)


def require_open(question: CertificateQuestion) -> None:
    """Raise `Conflict` where it was decided before, or settled itself."""
    if question.state is not QuestionState.OPEN:
        raise Conflict(_("This is decided already; the certificate's page says how."))


def touched(changes: Sequence[Change]) -> list[Consequence]:
    """The certificates in force whose programme would not be fulfilled any more by those changes."""
    lost: dict[int, list[int]] = {}
    for one in changes:
        if not one.reached:
            lost.setdefault(one.person_id, []).append(one.activity_id)
    return [
        Consequence(
            certificate.person_id,
            str(_("The base decides about the certificate %(number)s.", number=certificate.number)),
        )
        for certificate, enrolment in questions.in_force_of(lost)
        if not consequences.is_fulfilled_without(enrolment, lost[certificate.person_id])
    ]
