"""The pages of a ruling: what is to be done, whom it moves, the decision, how far it has come, what it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.models import Attempt
from question_bank.permissions import Permission
from question_bank.queries import quizzes
from question_bank.regrading import queries, services, words
from question_bank.regrading.forms import ItemRulingForm, PassMarkForm
from question_bank.regrading.models import RulingStatus
from question_bank.regrading.moves import Preview
from question_bank.regrading.queries import Found
from question_bank.regrading.rules import Rulings
from training.activities.models import Activity
from training.core import paging
from training.core.access import actor, requires
from training.core.db import reading
from training.core.errors import DomainError, NotFound
from training.progress import consequences
from training.progress.consequences import Change

bp = Blueprint("regrading", __name__, url_prefix="/quizzes", template_folder="templates")


class Subject(NamedTuple):
    """What a ruling is to be about: the quiz, and the item as it stood, where it is one."""

    quiz: Activity
    scope: Any
    item: Any = None
    version: Any = None


@bp.get("/<int:quiz_id>/rulings/new")
@requires(Permission.QUIZ_WRITE)
def new(quiz_id: int) -> ResponseReturnValue:
    """Ask what is to be done about an item (`item_version`), or about the pass mark."""
    subject = _subject(quiz_id)
    return _form_page(subject, _form(subject))


@bp.post("/<int:quiz_id>/rulings/new")
@requires(Permission.QUIZ_WRITE)
def new_post(quiz_id: int) -> ResponseReturnValue:
    """Keep the wish and show whom it would move; nothing is marked yet."""
    subject = _subject(quiz_id)
    form = _form(subject)
    if not form.validate():
        return _form_page(subject, form), 422
    wish = form.wish(subject.version) if isinstance(form, ItemRulingForm) else form.wish()
    try:
        ruling = services.draft(subject.quiz, subject.scope, wish, drafted_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _form_page(subject, form), error.status
    return redirect(url_for(".show", ruling_id=ruling.id), 303)


def _subject(quiz_id: int) -> Subject:
    quiz, scope = quizzes.quiz_visible_to(actor(), quiz_id)
    actor().require(Permission.QUIZ_WRITE, scope.path)
    asked = request.args.get("item_version", "")
    if not asked:
        return Subject(quiz, scope)
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        raise NotFound(_("No attempt at this quiz showed that item."))
    return Subject(quiz, scope, *queries.version_shown(quiz_id, int(asked)))


def _form(subject: Subject) -> ItemRulingForm | PassMarkForm:
    if subject.item is None:
        return PassMarkForm()
    form = ItemRulingForm()
    form.offer(queries.versions_to_mark_by(subject.item, subject.version), subject.version)
    return form


def _form_page(subject: Subject, form: ItemRulingForm | PassMarkForm) -> str:
    return render_template("regrading/new.html", **subject._asdict(), form=form)


@bp.get("/rulings/<int:ruling_id>")
@requires(Permission.QUIZ_WRITE)
def show(ruling_id: int) -> ResponseReturnValue:
    """Whom it would move, or how far it has come, or whom it moved."""
    found = queries.ruling_visible_to(actor(), ruling_id)
    if found.ruling.status is RulingStatus.DRAFTED:
        return _preview_page(found, services.look(found.ruling))
    return _ruling_page(found)


def _look() -> Preview | None:
    """Look before the transaction opens: there may be thousands of attempts."""
    with reading():
        found = queries.ruling_visible_to(actor(), (request.view_args or {})["ruling_id"])
        return services.look(found.ruling) if found.ruling.status is RulingStatus.DRAFTED else None


@bp.post("/rulings/<int:ruling_id>/decide")
@requires(Permission.QUIZ_WRITE, prepare=_look)
def decide(ruling_id: int, prepared: Preview | None) -> ResponseReturnValue:
    """Have it carried out, if it is still what was seen; else show it as it is now."""
    found = queries.ruling_visible_to(actor(), ruling_id, lock=True)
    if prepared is not None:
        try:
            services.decide(found.ruling, found.scope, prepared, seen=request.form.get("seen", ""), decided_by=actor())
        except DomainError as error:
            return _preview_page(found, prepared, str(error.message)), error.status
    return redirect(url_for(".show", ruling_id=ruling_id), 303)


def _named(found: Found) -> dict[str, Any]:
    """What every page of a ruling says of it."""
    by_version = queries.version_number(found.ruling.by_version_id)
    return {
        **found._asdict(),
        "line": words.ruled(
            found.ruling.kind,
            found.item.code if found.item else "",
            found.version.version if found.version else None,
            by_version,
            found.ruling.pass_percent,
        ),
        "status": words.STATUSES[found.ruling.status],
    }


def _preview_page(found: Found, preview: Preview, refused: str = "") -> str:
    only = request.args.get("only", "")
    chosen = {"lost": preview.lost, "gained": preview.gained}.get(only)
    moves = sorted(
        (one for one in preview.moves if chosen is None or one.person_id in chosen),
        key=lambda one: (one.person_id not in preview.lost, one.person_id not in preview.gained, one.name, one.number),
    )
    number = min(paging.number_asked(), -(-len(moves) // paging.SIZE) or 1)
    shown = moves[paging.offset(number) : paging.offset(number + 1)]
    return render_template(
        "regrading/preview.html",
        **_named(found),
        preview=preview,
        refused=refused,
        only=only if chosen is not None else "",
        page=paging.Page(shown, number, len(moves)),
        chips=_chips(found, preview, only),
        touched=touched(found.quiz.id, preview),
        waiting=[(words.WAITING[one], count) for one, count in sorted(preview.waiting.items())],
    )


def touched(quiz_id: int, preview: Preview) -> Sequence[tuple[str, str]]:
    """What hangs on these passes elsewhere: the person's name, and what would happen."""
    changes = [Change(one, quiz_id, reached=False) for one in sorted(preview.lost)]
    changes += [Change(one, quiz_id, reached=True) for one in sorted(preview.gained)]
    names: Mapping[int, str] = {one.person_id: one.name for one in preview.moves}
    return [(names[one.person_id], one.text) for one in consequences.preview(changes)]


def _chips(found: Found, preview: Preview, only: str) -> list[dict[str, Any]]:
    each = (
        ("", _("All whose marks change"), len(preview.moves)),
        ("lost", _("Would not pass any more"), len(preview.lost)),
        ("gained", _("Would pass now"), len(preview.gained)),
    )
    return [
        {
            "label": label,
            "count": count,
            "active": only == name,
            "url": url_for(".show", ruling_id=found.ruling.id, only=name or None),
        }
        for name, label, count in each
    ]


def _ruling_page(found: Found) -> str:
    total, number = queries.count_lines(found.ruling.id), paging.number_asked()
    number = min(number, -(-total // paging.SIZE) or 1)
    rows = queries.lines_of(found.ruling.id, number, paging.SIZE)
    return render_template(
        "regrading/ruling.html",
        **_named(found),
        people=queries.names_of([found.ruling.drafted_by_id, found.ruling.decided_by_id]),
        page=paging.Page(rows, number, total),
    )


def rulings_on(quiz_id: int) -> list[tuple[queries.Told, str, tuple[Any, str]]]:
    """For the quiz's page: the rulings that were decided, each as one line with where it stands."""
    return [
        (
            one,
            words.ruled(
                one.ruling.kind, one.item.code if one.item else "", one.version, one.by_version, one.ruling.pass_percent
            ),
            words.STATUSES[one.ruling.status],
        )
        for one in queries.decided_on(quiz_id)
    ]


class History(NamedTuple):
    """What rulings changed in an attempt, for whoever sat it.

    `lines` are rows `RegradeLine, Ruling` in order, `ruled` what holds now by position in words, `keys` what the items
    say that were marked by another version's key.
    """

    lines: Sequence[Any]
    ruled: Mapping[int, str]
    keys: Mapping[int, dict[str, Any]]
    rulings: Rulings = Rulings()

    def pass_percent(self, quiz_version: int, own: int) -> int:
        """The points of 100 that pass."""
        return self.rulings.pass_percent(quiz_version, own)


NOTHING_RULED = History((), {}, {})


def history_in(attempt: Attempt) -> History:
    """What rulings on its quiz made of an attempt."""
    rulings = queries.in_force(attempt.quiz_id)
    held = queries.held_in(attempt)
    return History(
        queries.history_of(attempt.id),
        {place: words.of_position(ruling.kind) for place, (ruling, _body) in held.items()},
        {place: body for place, (_ruling, body) in held.items() if body is not None},
        rulings,
    )
