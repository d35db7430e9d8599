"""Courses: lessons in Markdown, their versions, and reading them."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the pages, the kinds of activity, dialogues, and the sample course."""
    from courses import activity_kinds, dialogues, permissions, queries, views
    from courses import samples as samples
    from courses.models import LESSON
    from courses.search import indexing as indexing
    from training.progress import words

    activity_kinds.register()
    permissions.register()
    views.register(app)
    words.add_minutes(queries.minutes_of, LESSON)
    dialogues.init_app(app)
