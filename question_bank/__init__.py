"""The question bank: items, versions, quizzes, attempts and grading."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the kind of activity, the permissions, the pages, the sweep and the sample."""
    from question_bank import kind, permissions, review_notices, sample_exam, sample_underway, samples, tasks, views  # noqa: F401
    from question_bank.analysis import commands as _analysis_commands  # noqa: F401
    from question_bank.analysis import tasks as _analysis_tasks  # noqa: F401
    from question_bank.blueprints import tasks as _blueprint_tasks  # noqa: F401
    from question_bank.changes import tasks as change_tasks  # noqa: F401
    from question_bank.exams import plugs as exam_plugs
    from question_bank.exams import tasks as exam_tasks  # noqa: F401
    from question_bank.imports import commands as import_commands
    from question_bank.imports import tasks as import_tasks  # noqa: F401
    from question_bank.likeness import tasks as _likeness_tasks  # noqa: F401
    from question_bank.marking import erasing
    from question_bank.marking import queries as marking
    from question_bank.marking import words as marking_words
    from question_bank.pictures import tasks as picture_tasks  # noqa: F401
    from question_bank.queries import quizzes
    from question_bank.rechecks import erasing as recheck_erasing
    from question_bank.regrading import tasks as regrading_tasks  # noqa: F401
    from training.progress import waiting, words

    permissions.register()
    kind.register()
    views.register(app)
    import_commands.register(app)
    waiting.add(kind.QUIZ, waiting.Source(marking.BEING_MARKED, marking_words.since))
    erasing.plug_in()
    recheck_erasing.plug_in()
    exam_plugs.plug_in()
    words.add_minutes(quizzes.minutes_of, kind.QUIZ)
