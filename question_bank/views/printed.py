"""A paper of a quiz on paper: as a seed lays it out, with its key and its answer sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank import item_types
from question_bank.blueprints import laying_out, printed
from question_bank.blueprints import queries as blueprints
from question_bank.blueprints.laying_out import Laid
from question_bank.item_types import about
from question_bank.permissions import Permission
from question_bank.pictures import showing
from question_bank.queries import quizzes as queries
from question_bank.views.papers import PaperItem
from question_bank.views.quizzes import bp
from training.core import i18n, printing, storage
from training.core.access import actor, requires
from training.core.db import reading
from training.core.downloads import download
from training.core.errors import Conflict, Invalid
from training.core.fonts import CannotPrint

__all__ = ["bp"]

LETTERS = "ABCDEFGH"
PARTS = ("paper", "answers", "key")
PICTURE = "anning:picture/"


def _print() -> tuple[bytes, str]:
    """The document that the address asks for, and its name; what it says is read first, and set afterwards."""
    letter, part = _asked("letter", LETTERS), _asked("part", PARTS)
    seed = _seed(letter)
    typefaces = printing.typefaces()
    with reading():
        activity, _scope = queries.quiz_visible_to(actor(), int((request.view_args or {})["quiz_id"]))
        rules = queries.rules_of(activity.id, activity.version)
        laid = laying_out.paper_of(rules, seed)
        items, pictures = _items(laid)
        html = render_template(
            "question_bank/printed.html",
            part=part,
            letter=letter,
            seed=seed,
            mark=printed.mark_of(laid),
            activity=activity,
            rules=rules,
            sections=blueprints.sections_of(activity.id, activity.version),
            rows=list(zip(laid, items, strict=True)),
            total=sum(one.points for one in laid),
        )
    missing = typefaces.missing_characters(html.replace("\n", ""))
    if missing:
        raise Conflict(
            _("No font has these characters, so the paper cannot be printed: %(them)s.", them=" ".join(missing))
        )
    try:
        return printed.render(html, typefaces, pictures), f"{i18n.local(activity)}-{letter}-{part}.pdf"
    except CannotPrint as error:
        raise Conflict(_("The paper would not come out right: %(reason)s", reason=str(error))) from error


def _asked(name: str, known: Sequence[str]) -> str:
    asked = request.args.get(name, known[0])
    if asked not in tuple(known):
        raise Invalid(_("There is no such paper. Choose one on the page of the quiz."))
    return asked


def _seed(letter: str) -> int:
    """The seed that is asked for; else the number of the letter."""
    typed = request.args.get("seed", "").strip()
    if not typed:
        return LETTERS.index(letter) + 1
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
        raise Invalid(_("A seed is a whole number of at most nine digits."))
    return int(typed)


def _items(laid: list[Laid]) -> tuple[list[PaperItem], dict[str, Path]]:
    """The items as pages show them, and where the files of their pictures lie; one query, none without pictures."""
    seen = showing.shown([one.body for one in laid], lambda sha256: f"{PICTURE}{sha256}")
    files = {sha256 for one in laid for sha256 in about.files_of(one.body).values()}
    items = []
    for number, (one, pictures) in enumerate(zip(laid, seen, strict=True), start=1):
        kind = item_types.get(one.type)
        shown, key = kind.show(one.body, one.option_order), kind.key(one.body, one.option_order)
        items.append(PaperItem(number=number, type=one.type, shown=shown, key=key, pictures=pictures))
    return items, {f"{PICTURE}{one}": storage.path_of(one) for one in files}


@bp.get("/<int:quiz_id>/printed.pdf")
@requires(Permission.QUIZ_READ, prepare=_print)
def paper_on_paper(quiz_id: int, prepared: tuple[bytes, str]) -> ResponseReturnValue:
    """The paper, its answer sheet or its key, to be saved."""
    return download(*prepared, "application/pdf")
