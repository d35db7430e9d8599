"""Messages: the inbox of everyone, with e-mail beside it."""

from flask import Flask

from training.core import outbox as outbox


def init_app(app: Flask) -> None:
    """Plug in the pages, and have the unread messages counted in the query that loads whoever acts."""
    from training.accounts import queries as accounts
    from training.messages import permissions, queries, views

    permissions.register()
    views.register(app)
    accounts.count_unread_by(queries.unread())
