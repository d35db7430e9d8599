"""Courses: lessons in Markdown, their versions, and reading them."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the two kinds of activity and their permissions."""
    from courses import activity_kinds, permissions

    activity_kinds.register()
    permissions.register()
