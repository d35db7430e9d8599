"""The guides: one page for each role, read from `docs/guide/`, open to everyone also without signing in.

Interface words stand in bold there, and a test holds each of them against the catalogues.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markupsafe import Markup

from training.core import i18n, web
from training.core.access import Role, current_actor, public
from training.core.errors import NotFound

bp = Blueprint("guide", __name__, url_prefix="/guide", template_folder="templates")


@dataclass(frozen=True)
class Guide:
    """A guide as the page shows it: the file's own heading, and what stands below it."""

    title: str
    body: Markup


@cache
def read(path: Path) -> Guide:
    """The guide of that file, whose first line is its heading; our own text, without anything entered by anybody.

    Raises `FileNotFoundError`.
    """
    head, _newline, text = path.read_text(encoding="utf-8").partition("\n")
    return Guide(head.removeprefix("# "), Markup(MarkdownIt("commonmark").render(text)))  # noqa: S704


def guide_path(role: Role, language: str) -> Path:
    """Where a role's guide lies in the checkout that the application runs from."""
    return Path(current_app.root_path) / "docs" / "guide" / f"{role}.{language}.md"


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Lead to the guide of the workplace that is chosen; whoever has none chooses among all."""
    actor = current_actor()
    place = web.workplace_of(actor) if actor else None
    if place is not None:
        return redirect(url_for(".guide", role=place.role))
    return render_template("core/guide.html", guide=None, roles=list(Role))


@bp.get(f"/<any({','.join(Role)}):role>")
@public
def guide(role: str) -> ResponseReturnValue:
    """The guide of one role, and the way to the others."""
    try:
        found = read(guide_path(Role(role), i18n.language()))
    except FileNotFoundError:
        raise NotFound(_("This guide is missing on the server. Ask whoever runs the site to put it back.")) from None
    return render_template("core/guide.html", guide=found, roles=[one for one in Role if one != role])


def init_app(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
