"""Searching lessons: a trainee in what they study, an instructor in what they teach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from courses.permissions import Permission
from courses.search import folding, queries
from courses.search.queries import Find
from courses.views.blueprint import bp
from training.core.access import actor, requires
from training.core.forms import clean
from training.core.texts import is_unprintable

LONGEST = 100


def _query() -> str:
    typed = clean(request.args.get("q")) or ""
    return "".join(one for one in typed if not is_unprintable(one))[:LONGEST]


def _page(find: Callable[[Any, list[str]], tuple[list[Find], bool]], url_of: Callable[[Find], str], **page: Any) -> str:
    query = _query()
    words = folding.words(query)
    finds, more = find(actor(), words) if words else ([], False)
    return render_template("courses/search.html", query=query, finds=finds, more=more, url_of=url_of, **page)


@bp.get("/learning/search")
@requires(Permission.COURSE_STUDY)
def search() -> ResponseReturnValue:
    """The lessons that this trainee may open and that hold all the words."""
    return _page(
        queries.of_learner,
        lambda one: url_for("courses.lesson", activity_id=one.lesson.lesson_id, course=one.course.id),
        action=url_for(".search"),
        teaching=False,
    )


@bp.get("/teaching/search")
@requires(Permission.COURSE_READ)
def search_own() -> ResponseReturnValue:
    """The lessons of this instructor's courses that hold all the words."""
    return _page(
        queries.of_author,
        lambda one: url_for("courses.version", lesson_id=one.lesson.lesson_id, number=one.lesson.version),
        action=url_for(".search_own"),
        teaching=True,
    )
