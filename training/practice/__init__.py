"""Practice at a base: rotations, hours, skills assessments, logbooks."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the kinds of activity, the permissions, the pages and the sample."""
    from training.practice import kinds, permissions, sample_crowd, samples, views  # noqa: F401

    kinds.register()
    permissions.register()
    views.register(app)
