"""What an instructor sees: dialogues, their files with every fault in its place, a preview that records nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.dialogues import authoring, graph, labels, nodes, queries, scoring, services
from courses.dialogues.forms import DialogueForm, NewDialogueForm
from courses.dialogues.graph import Dialogue
from courses.dialogues.nodes import Fault
from courses.dialogues.services import StaleDialogue
from courses.dialogues.views import chat
from courses.dialogues.views.blueprint import bp
from courses.permissions import Permission
from training.core.access import actor, requires
from training.core.i18n import local

PATH = re.compile(r"[0-9](?:\.[0-9]){0,199}")


@dataclass(frozen=True)
class Sent:
    """What an author sent: the text, the dialogue read from it, or what is wrong with it."""

    source: str
    dialogue: Dialogue | None
    faults: list[Fault]


def read_sent() -> Sent | None:
    """Read the file or the text of a sent form; None where none was sent. Slow: before the transaction opens."""
    if request.method != "POST":
        return None
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        raw = upload.stream.read(nodes.LARGEST + 1)
        try:
            source = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            before = raw[: error.start]
            place = (before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
            told = _("The file is not UTF-8; save it as UTF-8 in your editor and send it again.")
            return Sent("", None, [Fault(*place, "", told)])
    else:
        source = request.form.get("source", "").replace("\r\n", "\n")  # a browser writes every line end as two
    result = authoring.parse(source)
    return Sent(source, result, []) if isinstance(result, Dialogue) else Sent(source, None, result)


def _editor(template: str, form: DialogueForm, sent: Sent | None, **values: object) -> ResponseReturnValue:
    """The page with the text as sent and everything that is wrong with it beside."""
    if sent is not None:
        form.source.data = nodes.showable(sent.source)
    faults = sent.faults if sent else []
    status = values.pop("status", 422 if faults else 200)
    return render_template(template, form=form, sent=sent, faults=faults, lines=_lines(sent), **values), status  # type: ignore[return-value]


def _lines(sent: Sent | None) -> dict[int, str]:
    """The lines of the text that hold a fault, as they stand there."""
    if sent is None:
        return {}
    text = sent.source.split("\n")
    return {
        one.line: nodes.showable(text[one.line - 1].strip()[:80]) for one in sent.faults if 0 < one.line <= len(text)
    }


def _checked_only() -> bool:
    return request.form.get("do") == "check"


@bp.get("/teaching/dialogues")
@requires(Permission.COURSE_READ)
def index() -> ResponseReturnValue:
    """The dialogues within the instructor's scopes."""
    return render_template(
        "dialogues/index.html",
        rows=queries.dialogues_of_author(actor()),
        writes=actor().may(Permission.COURSE_WRITE),
    )


@bp.route("/teaching/dialogues/new", methods=["GET", "POST"])
@requires(Permission.COURSE_WRITE, prepare=read_sent)
def new_dialogue(prepared: Sent | None = None) -> ResponseReturnValue:
    """Send a file, see what is wrong with it, publish it."""
    from courses.queries import scopes_of_author

    scopes = scopes_of_author(actor())
    form = NewDialogueForm()
    form.offer(scopes)
    if prepared is None or prepared.dialogue is None or _checked_only() or not form.validate():
        status = 422 if form.errors or (prepared and prepared.faults) else 200
        return _editor("dialogues/new_dialogue.html", form, prepared, status=status)
    scope = next(one for one in scopes if one.id == form.scope_id.data)
    activity = services.add_dialogue(scope, prepared.dialogue, prepared.source, added_by=actor())
    flash(_("The dialogue “%(title)s” is published.", title=local(activity)), "good")
    return redirect(url_for(".dialogue", dialogue_id=activity.id), 303)


@bp.get("/teaching/dialogues/<int:dialogue_id>")
@requires(Permission.COURSE_READ)
def dialogue(dialogue_id: int) -> ResponseReturnValue:
    """A dialogue for its authors: what it is, its turns, its versions."""
    row = queries.dialogue_of_author(actor(), dialogue_id)
    version = queries.version_of(dialogue_id, row.Activity.version)
    found = graph.from_plain(version.body)
    return render_template(
        "dialogues/dialogue.html",
        activity=row.Activity,
        owner=row.Scope,
        writes=actor().may(Permission.COURSE_WRITE, row.Scope.path),
        dialogue=found,
        best=scoring.best_points(found),
        speakers=labels.SPEAKERS,
        versions=queries.versions_of(dialogue_id),
    )


@bp.route("/teaching/dialogues/<int:dialogue_id>/edit", methods=["GET", "POST"])
@requires(Permission.COURSE_WRITE, prepare=read_sent)
def edit_dialogue(dialogue_id: int, prepared: Sent | None = None) -> ResponseReturnValue:
    """Change a dialogue: see what is wrong, or publish the next version."""
    row = queries.dialogue_of_author(actor(), dialogue_id, Permission.COURSE_WRITE)
    newest = queries.version_of(dialogue_id, row.Activity.version)
    form = DialogueForm(source=newest.source, version=newest.version)
    page = {"activity": row.Activity, "newest": newest}
    if prepared is None or prepared.dialogue is None or _checked_only() or not form.validate():
        return _editor("dialogues/edit_dialogue.html", form, prepared, **page)
    try:
        version = services.publish_dialogue(
            dialogue_id, prepared.dialogue, prepared.source, based_on=form.version.number, published_by=actor()
        )
    except StaleDialogue as refusal:
        page["newest"] = queries.version_of(dialogue_id, row.Activity.version)
        form.version.data = row.Activity.version
        return _editor("dialogues/edit_dialogue.html", form, prepared, stale=refusal.message, status=409, **page)
    flash(_("Saved as version %(version)d. Whoever enrols from now on will study it.", version=version), "good")
    return redirect(url_for(".dialogue", dialogue_id=dialogue_id), 303)


@bp.get("/teaching/dialogues/<int:dialogue_id>/versions/<int:number>/file")
@requires(Permission.COURSE_READ)
def file(dialogue_id: int, number: int) -> ResponseReturnValue:
    """The file of a version, to the letter as it was published."""
    queries.dialogue_of_author(actor(), dialogue_id)
    version = queries.version_of(dialogue_id, number)
    answer = Response(version.source.encode("utf-8"), mimetype="application/yaml")
    answer.headers["Content-Disposition"] = f'attachment; filename="dialogue-{dialogue_id}-v{number}.yaml"'
    return answer


@bp.get("/teaching/dialogues/<int:dialogue_id>/preview")
@requires(Permission.COURSE_READ)
def preview(dialogue_id: int) -> ResponseReturnValue:
    """Play the newest version without recording anything: the path stands in the address."""
    row = queries.dialogue_of_author(actor(), dialogue_id)
    found = graph.from_plain(queries.version_of(dialogue_id, row.Activity.version).body)
    typed = request.args.get("path", "")
    choices = [int(one) for one in typed.split(".")] if PATH.fullmatch(typed) else []
    path = graph.path_turns(found, choices)
    present = chat.present_turn(found, path, scoring.AS_WRITTEN)
    values = {"said": chat.said_so_far(found, path)} if present else chat.review(found, path)
    return render_template(
        "dialogues/preview.html",
        activity=row.Activity,
        dialogue=found,
        path=".".join(str(choice) for _name, choice in path),
        present=present,
        **values,
    )
