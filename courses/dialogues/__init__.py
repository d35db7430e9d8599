"""Dialogues: branching conversations with patients and families, written as files, played turn by turn, scored."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the pages, the kind of activity, the command and the sample scenes."""
    from courses.dialogues import commands, kind, queries, views
    from courses.dialogues import samples as samples
    from courses.dialogues.models import DIALOGUE
    from training.progress import words

    kind.register()
    views.register(app)
    commands.register(app)
    words.add_minutes(queries.minutes_of, DIALOGUE)
