"""Forms of examinations: setting a session, entering it, and what an invigilator does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateTimeLocalField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from question_bank.exams.models import ExamSession
from question_bank.exams.services import Terms
from training.core import clock
from training.core.forms import Form, text

LONGEST_CODE = 20
MINUTE = "%Y-%m-%dT%H:%M"
FILL_IN = _l("Fill this in.")


def _moment(label: Any, *, required: bool = True, **options: Any) -> DateTimeLocalField:
    """A moment to the minute, typed and shown by the clock of the place."""
    rule = InputRequired(FILL_IN) if required else Optional()
    return DateTimeLocalField(label, format=[MINUTE, "%Y-%m-%d %H:%M", f"{MINUTE}:%S"], validators=[rule], **options)


def _number(label: Any, smallest: int, largest: int, **options: Any) -> IntegerField:
    fits = NumberRange(smallest, largest, message=_l("A whole number from %(min)s to %(max)s."))
    return IntegerField(label, validators=[InputRequired(FILL_IN), fits], **options)


class SessionForm(Form):
    """When and where a quiz is sat, and under which conditions."""

    quiz_id = SelectField(_l("Quiz"), coerce=int)
    scope_id = SelectField(_l("Organised by"), coerce=int)
    name = text(_l("Name of the examination"), maximum=120)
    opens_at = _moment(_l("Opens"))
    closes_at = _moment(_l("Ends"), description=_l("Papers are handed in then; extra time goes beyond it."))
    late_minutes = _number(_l("Last entry, minutes after the opening"), 0, 1440, default=30)
    code = text(
        _l("Access code"),
        maximum=LONGEST_CODE,
        required=False,
        description=_l("Letters and digits; the invigilator tells it in the room. Empty: none is asked for."),
        validators=[Regexp(r"^[A-Za-z0-9-]*$", message=_l("Letters, digits and hyphens only."))],
    )
    honour = BooleanField(_l("Each person agrees to a statement of honesty first"), default=True)
    held = BooleanField(_l("Results are held back until they are released"))
    release_at = _moment(
        _l("Release of the results"), required=False, description=_l("Empty: you release them by hand.")
    )

    explained = BooleanField(
        _l("After the end items are shown with their key and explanations"),
        default=True,
        description=_l("Untick it for items that are to be used again."),
    )

    def terms(self) -> Terms:
        """What was typed."""
        return Terms(
            name=self.name.data or "",
            opens_at=_aware(self.opens_at.data),
            closes_at=_aware(self.closes_at.data),
            late_minutes=self.late_minutes.data or 0,
            code=(self.code.data or "").upper(),
            honour=self.honour.data,
            held=self.held.data,
            explained=self.explained.data,
            release_at=_aware(self.release_at.data) if self.held.data and self.release_at.data else None,
        )


def _aware(typed: datetime | None) -> datetime:
    assert typed is not None  # noqa: S101 - the form asks for it
    return clock.at(typed)


def values_of(session: ExamSession) -> dict[str, Any]:
    """The terms of a session as the form shows them."""
    names = ("quiz_id", "scope_id", "name", "late_minutes", "code", "honour", "held", "explained")
    moments = ("opens_at", "closes_at", "release_at")
    values: dict[str, Any] = {one: getattr(session, one) for one in names}
    shown = {one: getattr(session, one) for one in moments}
    return values | {one: at and clock.local(at).replace(tzinfo=None) for one, at in shown.items()}


class EntryForm(Form):
    """What somebody says when they begin."""

    code = text(_l("Access code"), maximum=LONGEST_CODE, required=False, description=_l("Your invigilator tells it."))
    honour = BooleanField(
        _l("I sit this examination myself, without help from others and without aids that are not allowed.")
    )


class AdmitForm(Form):
    """Which cohort is admitted."""

    cohort_id = SelectField(_l("Cohort"), coerce=int)


class ReasonForm(Form):
    """Why something is done."""

    reason = text(_l("Reason"), maximum=200)


class MinutesForm(ReasonForm):
    """How many minutes more, and why."""

    minutes = _number(_l("Minutes"), 1, 240, default=10)


class ExtraTimeForm(Form):
    """The extra time that somebody is granted in all, and why."""

    minutes = _number(_l("Extra time in minutes"), 0, 600, default=0)
    reason = text(_l("Reason"), maximum=200, required=False)


class FindForm(Form):
    """Whom to look for."""

    class Meta:
        """A search changes nothing."""

        csrf = False

    q = text(_l("Name or whole mobile number"), maximum=80, required=False)


def apart(form: Form, name: str) -> Form:
    """The form with ids of its own, so that it can stand on a page beside others with the same fields."""
    for one in form:
        one.id = one.label.field_id = f"{name}-{one.name}"
    return form


def refused() -> str:
    """What is said when an act of an invigilator lacks something."""
    return str(_("Nothing was done: give the minutes and a reason."))
