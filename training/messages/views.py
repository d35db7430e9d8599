"""The inbox of everyone."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from training.core import outbox, paging, web
from training.core.access import Actor, actor, requires
from training.messages import queries, services
from training.messages.forms import MailForm
from training.messages.permissions import Permission

bp = Blueprint("messages", __name__, url_prefix="/inbox", template_folder="templates")


@bp.get("/")
@requires(Permission.INBOX_READ)
def inbox() -> ResponseReturnValue:
    """Everything sent to this person: unread first."""
    return render_template(
        "messages/inbox.html",
        page=queries.inbox(actor(), paging.number_asked()),
        form=MailForm(wanted=queries.wants_mail(actor())),
        address=queries.address_of(actor()) if outbox.offers("email") else None,
    )


@bp.get("/<int:entry_id>")
@requires(Permission.INBOX_READ)
def message(entry_id: int) -> ResponseReturnValue:
    """One message; looking does not change it, for a letter's link may be fetched ahead."""
    entry, found, sender = queries.entry_visible_to(actor(), entry_id)
    return render_template("messages/message.html", entry=entry, message=found, sender=sender)


@bp.post("/<int:entry_id>/open")
@requires(Permission.INBOX_READ)
def open_message(entry_id: int) -> ResponseReturnValue:
    """Open a message from the list: it is read from now on."""
    services.mark_read(queries.entry_visible_to(actor(), entry_id)[0])
    return redirect(url_for(".message", entry_id=entry_id))


@bp.post("/<int:entry_id>/read")
@requires(Permission.INBOX_READ)
def read(entry_id: int) -> ResponseReturnValue:
    """Put a message away as read and go back to the list."""
    services.mark_read(queries.entry_visible_to(actor(), entry_id)[0])
    return redirect(url_for(".inbox"))


@bp.post("/read")
@requires(Permission.INBOX_READ)
def read_all() -> ResponseReturnValue:
    """Put away everything that the list had shown."""
    count = services.mark_all_read(actor(), until=_number(request.form.get("until", "")))
    if count:
        flash(ngettext("%(num)d message is marked as read.", "%(num)d messages are marked as read.", count), "good")
    return redirect(url_for(".inbox"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


@bp.post("/mail")
@requires(Permission.INBOX_READ)
def mail() -> ResponseReturnValue:
    """Switch e-mail beside the inbox on or off."""
    wanted = bool(MailForm().wanted.data)
    services.switch_mail(actor(), wanted=wanted)
    flash(_("Messages come by e-mail too.") if wanted else _("Messages stay in this inbox only."), "good")
    return redirect(url_for(".inbox"))


def _header(person: Actor) -> web.Link | None:
    """The way to the inbox in the header, with how many are unread."""
    if not person.may(Permission.INBOX_READ):
        return None
    label = _("Inbox (%(count)s)", count=person.unread) if person.unread else _("Inbox")
    return web.Link(label, url_for("messages.inbox"), request.blueprint == bp.name)


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
    web.add_header(_header)
