"""The question bank: items, versions, quizzes, attempts and grading."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the kind of activity, the permissions, the pages, the sweep and the sample."""
    from question_bank import kind, permissions, samples, tasks, views  # noqa: F401

    permissions.register()
    kind.register()
    views.register(app)
