"""What a trainee sees: the scene, the conversation turn by turn, and its review."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from courses.dialogues import graph, queries, services
from courses.dialogues.services import StaleReply
from courses.dialogues.views import chat
from courses.dialogues.views.blueprint import bp
from courses.permissions import Permission
from training.core.access import actor, requires


@bp.get("/dialogues/<int:activity_id>")
@requires(Permission.COURSE_STUDY)
def landing(activity_id: int) -> ResponseReturnValue:
    """The scene and its aim, past conversations, and the one thing to do now."""
    activity, version = queries.dialogue_for(actor().id, activity_id)
    attempts = queries.attempts_at(actor().id, activity_id)
    return render_template(
        "dialogues/landing.html",
        activity=activity,
        version=version,
        dialogue=graph.from_plain(version.body),
        finished=[one for one in attempts if one.finished_at is not None],
        open=next((one for one in attempts if one.finished_at is None), None),
    )


@bp.post("/dialogues/<int:activity_id>/start")
@requires(Permission.COURSE_STUDY)
def start(activity_id: int) -> ResponseReturnValue:
    """Begin; a second click leads to the conversation that the first one began."""
    attempt = services.start(activity_id, actor())
    return redirect(url_for(".conversation", dialogue_attempt_id=attempt.id), 303)


@bp.get("/dialogues/attempts/<int:dialogue_attempt_id>")
@requires(Permission.COURSE_STUDY)
def conversation(dialogue_attempt_id: int) -> ResponseReturnValue:
    """The conversation so far, and the replies to choose from; a finished one leads to its review."""
    attempt, activity, version = queries.attempt_of(actor().id, dialogue_attempt_id)
    if attempt.finished_at is not None:
        return redirect(url_for(".review", dialogue_attempt_id=attempt.id))
    dialogue = graph.from_plain(version.body)
    path = queries.steps_of(attempt.id)
    return render_template(
        "dialogues/conversation.html",
        activity=activity,
        attempt=attempt,
        dialogue=dialogue,
        said=chat.said_so_far(dialogue, path),
        present=chat.present_turn(dialogue, path, attempt.seed),
    )


@bp.post("/dialogues/attempts/<int:dialogue_attempt_id>")
@requires(Permission.COURSE_STUDY)
def reply(dialogue_attempt_id: int) -> ResponseReturnValue:
    """Give one reply; one that comes too late is told so, and the present turn is shown."""
    try:
        attempt = services.reply(
            dialogue_attempt_id,
            step=request.form.get("step", 0, type=int),
            turn=request.form.get("turn", ""),
            choice=request.form.get("reply", -1, type=int),
            by=actor(),
        )
    except StaleReply as stale:
        flash(str(stale.message), "info")
        return redirect(url_for(".conversation", dialogue_attempt_id=dialogue_attempt_id), 303)
    page = ".conversation" if attempt.finished_at is None else ".review"
    anchor = "now" if attempt.finished_at is None else None
    return redirect(url_for(page, dialogue_attempt_id=attempt.id, _anchor=anchor), 303)


@bp.get("/dialogues/attempts/<int:dialogue_attempt_id>/review")
@requires(Permission.COURSE_STUDY)
def review(dialogue_attempt_id: int) -> ResponseReturnValue:
    """The ending, the score, and every turn of the path with the better reply."""
    attempt, activity, version = queries.attempt_of(actor().id, dialogue_attempt_id)
    if attempt.finished_at is None:
        return redirect(url_for(".conversation", dialogue_attempt_id=attempt.id))
    dialogue = graph.from_plain(version.body)
    path = queries.steps_of(attempt.id)
    return render_template(
        "dialogues/review.html",
        activity=activity,
        attempt=attempt,
        dialogue=dialogue,
        **chat.review(dialogue, path),
    )
