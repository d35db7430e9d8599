"""The coordinator's page of one cohort: everybody with filters, and what is done with the people chosen."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from training.accounts.words import told_apart
from training.core import i18n, paging
from training.core.access import actor, requires
from training.core.errors import Conflict, DomainError
from training.programmes import announcements, deadlines, pages
from training.programmes import queries as programmes
from training.programmes.models import Cohort, Enrolment
from training.programmes.pages import Today
from training.programmes.permissions import Permission
from training.progress import queries, roll, waiting, words
from training.progress.forms import ExtendForm, MessageForm
from training.progress.permissions import Permission as ProgressPermission
from training.progress.roll import SHOWN, Filter, Line
from training.progress.views import bp

NAMED = 12
"""How many of the chosen people are named before the rest are counted."""


@bp.get("/cohorts/<int:cohort_id>")
@requires(Permission.COHORT_READ)
def cohort(cohort_id: int) -> ResponseReturnValue:
    """Who is in the cohort, what each has done, and what is missing: 50 people a page."""
    found, base, programme = programmes.cohort_in_full(actor(), cohort_id)
    chosen = Filter.of(request.args)
    listed = roll.roll(found, chosen)
    number = paging.number_asked()
    shown = listed.matching[paging.offset(number) : paging.offset(number + 1)]
    people = roll.people_on(shown)
    enrolments = [row.Enrolment for row in people]
    steps = queries.steps_of([one.id for one in enrolments])
    waits = waiting.of_people([one.person_id for one in enrolments])
    return render_template(
        "progress/cohort.html",
        cohort=found,
        base=base,
        programme=programme,
        chosen=chosen,
        roll=listed,
        page=paging.Page(list(zip(shown, people, strict=True)), number, len(listed.matching)),
        place=_place(),
        chips=_chips(found, chosen, listed.counts),
        page_url=lambda number: _url(found, chosen.arguments(), page=number),
        sort_url=lambda sort: _url(found, chosen.arguments(sort=sort)),
        late=roll.words,
        underway={one.id: words.underway(steps[one.id], waits[one.person_id]) for one in enrolments if steps[one.id]},
        actions=words.cohort_actions(actor(), found, enrolments),
        tools=pages.tools(actor(), found),
        told_apart=told_apart,
        may=actor().may,
        permission=Permission,
    )


def _url(cohort: Cohort, arguments: Mapping[str, Any], **more: Any) -> str:
    return url_for("progress.cohort", cohort_id=cohort.id, **dict(arguments), **more)


def _chips(cohort: Cohort, chosen: Filter, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": str(SHOWN[name][0]),
            "url": _url(cohort, chosen.arguments(show=name)),
            "active": name == chosen.show,
            "count": count,
        }
        for name, count in counts.items()
    ]


@dataclass(frozen=True)
class Chosen:
    """The people of a cohort that an act is about, and the page to go back to."""

    cohort: Cohort
    lines: Sequence[Line]
    back: str

    @property
    def ids(self) -> str:
        """Their enrolments as a form carries them."""
        return ",".join(str(line.enrolment_id) for line in self.lines)

    @property
    def named(self) -> str:
        """The first names, the rest as a number."""
        names = [line.name for line in self.lines[:NAMED]]
        left = len(self.lines) - len(names)
        told = str(_(", ")).join(names)
        return str(_("%(names)s and %(count)s more", names=told, count=left)) if left else told


def _chosen(cohort_id: int) -> Chosen:
    """Who was ticked on the page, or everybody whom its filter shows (`who=matching`)."""
    found = programmes.cohort_visible_to(actor(), cohort_id)
    wanted = Filter.of(request.args)
    matching = roll.roll(found, wanted).matching
    if request.args.get("who") != "matching":
        ticked = set(request.args.getlist("enrolment"))
        matching = [line for line in matching if str(line.enrolment_id) in ticked]
    return Chosen(found, matching, _url(found, _place()))


def _sent(cohort_id: int, enrolment_ids: Collection[int]) -> Chosen:
    """The people that a form was sent about: those of them who are in this cohort."""
    found = programmes.cohort_visible_to(actor(), cohort_id)
    everybody = roll.lines(Enrolment.cohort_id == found.id)
    lines = [line for line in everybody if line.enrolment_id in enrolment_ids]
    return Chosen(found, lines, _url(found, _place()))


def _place() -> dict[str, Any]:
    """Filter and page of the list that somebody came from, to lead back there."""
    number = paging.number_asked()
    return {**Filter.of(request.args).arguments(), **({"page": number} if number > 1 else {})}


@bp.get("/cohorts/<int:cohort_id>/message")
@requires(Permission.COHORT_MESSAGE)
def message(cohort_id: int) -> ResponseReturnValue:
    """Write a message to the people chosen."""
    chosen = _chosen(cohort_id)
    form = MessageForm(formdata=None, people=chosen.ids, token=secrets.token_hex(8))
    return _message_page(form, chosen)


@bp.post("/cohorts/<int:cohort_id>/message")
@requires(Permission.COHORT_MESSAGE)
def message_post(cohort_id: int) -> ResponseReturnValue:
    """Show the message as it will look, or send it."""
    form = MessageForm()
    chosen = _sent(cohort_id, form.enrolment_ids)
    if not form.validate():
        return _message_page(form, chosen), 422
    if "send" not in request.form:
        return _message_page(form, chosen, preview=True)
    sent = announcements.announce(
        chosen.cohort,
        [line.person_id for line in chosen.lines],
        form.title.data,
        form.body.data,
        token=str(form.token.data)[:40],
        sent_by=actor(),
    )
    if sent:
        flash(
            ngettext("The message is sent to %(num)d person.", "The message is sent to %(num)d people.", sent), "good"
        )
    else:
        flash(_("This message was sent a moment ago; nobody got it twice."), "info")
    return redirect(chosen.back)


def _message_page(form: MessageForm, chosen: Chosen, *, preview: bool = False) -> str:
    return render_template("progress/message.html", form=form, chosen=chosen, preview=preview, place=_place())


@bp.get("/cohorts/<int:cohort_id>/extend")
@requires(Permission.ENROLMENT_EXTEND)
def extend(cohort_id: int) -> ResponseReturnValue:
    """Give the people chosen more time."""
    chosen = _chosen(cohort_id)
    return _extend_page(ExtendForm(formdata=None, people=chosen.ids), chosen)


@bp.post("/cohorts/<int:cohort_id>/extend")
@requires(Permission.ENROLMENT_EXTEND)
def extend_post(cohort_id: int) -> ResponseReturnValue:
    """Move the last day of the people chosen."""
    form = ExtendForm()
    chosen = _sent(cohort_id, form.enrolment_ids)
    if not form.validate():
        return _extend_page(form, chosen), 422
    try:
        given = deadlines.extend(
            chosen.cohort, form.enrolment_ids, form.until.data, form.reason.data, extended_by=actor()
        )
    except DomainError as error:
        form.form_errors.append(error.message)
        return _extend_page(form, chosen), error.status
    day = i18n.show_date(form.until.data)
    told = ngettext("%(num)d person has until %(day)s.", "%(num)d people have until %(day)s.", len(given), day=day)
    left = len(chosen.lines) - len(given)
    more = ngettext(
        " %(num)d is not learning any more, or had that day already.",
        " %(num)d are not learning any more, or had that day already.",
        left,
    )
    flash(told + (more if left else ""), "good" if given else "info")
    return redirect(chosen.back)


def _extend_page(form: ExtendForm, chosen: Chosen) -> str:
    return render_template(
        "progress/extend.html",
        form=form,
        chosen=chosen,
        learning=sum(line.open for line in chosen.lines),
        place=_place(),
    )


@bp.post("/cohorts/<int:cohort_id>/reminders")
@requires(Permission.COHORT_REMIND)
def reminders(cohort_id: int) -> ResponseReturnValue:
    """Switch the reminders of the cohort on or off."""
    found = programmes.cohort_visible_to(actor(), cohort_id)
    wanted = request.form.get("wanted")
    if wanted not in {"on", "off"}:
        raise Conflict(_("Say whether the cohort is to be reminded; reload the page and choose again."))
    deadlines.switch_reminders(found, wanted=wanted == "on", switched_by=actor())
    flash(_("The cohort is reminded.") if wanted == "on" else _("The cohort is not reminded any more."), "good")
    return redirect(_url(found, {}))


@bp.get("/cohorts/behind")
@requires(Permission.COHORT_READ)
def behind() -> ResponseReturnValue:
    """Everybody who falls behind in the actor's cohorts; each name leads to where the person stands."""
    number = paging.number_asked()
    found = roll.behind_of(actor())
    shown = found[paging.offset(number) : paging.offset(number + 1)]
    return render_template(
        "progress/behind.html",
        page=paging.Page(shown, number, len(found)),
        cohorts=roll.cohort_names({line.cohort_id for line in shown}),
        late=roll.words,
        may_read_steps=actor().may(ProgressPermission.REQUIREMENT_WAIVE),
    )


def today(who: Any) -> list[Today]:
    """How many fall behind, for the base's home."""
    if not who.may(Permission.COHORT_READ):
        return []
    count = len(roll.behind_of(who))
    return [Today(_("People falling behind"), count, url_for("progress.behind"), 10)] if count else []
