"""The pages: a trainee's sitting, the bank, and quizzes with their results."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from question_bank.changes import views as changes
from question_bank.exams import views as exams
from question_bank.imports import views as imports
from question_bank.marking import views as marking
from question_bank.permissions import Permission
from question_bank.rechecks import views as rechecks
from question_bank.regrading import views as regrading
from question_bank.views import authoring, categories, lists, mistakes, printed, review, reviews, saying, stems
from training.core import web


def register(app: Flask) -> None:
    """Plug in the pages and their places in the navigation; the bank is an instructor's home."""
    app.register_blueprint(mistakes.bp)
    app.register_blueprint(authoring.bp)
    app.register_blueprint(categories.bp)
    app.register_blueprint(lists.bp)
    app.register_blueprint(printed.bp)
    app.register_blueprint(review.bp)
    app.register_blueprint(reviews.bp)
    app.register_blueprint(changes.bp)
    app.register_blueprint(imports.bp)
    app.register_blueprint(marking.bp)
    app.register_blueprint(exams.bp)
    app.register_blueprint(regrading.bp)
    app.register_blueprint(rechecks.bp)
    app.jinja_env.filters.update(
        stem=stems.stem,
        said=saying.said,
        seen=saying.seen,
        hint=saying.hint,
        numbered=saying.numbered,
        choices=saying.choices,
        single=saying.single,
        reviewed=saying.reviewed,
        explained=saying.explained,
    )
    web.add_entry(_l("Wrong answers"), "quiz.mistakes", Permission.ATTEMPT_SIT, order=13)
    web.add_entry(_l("Teaching"), "items.list_items", Permission.ITEM_READ, order=20, home=True)
    web.add_entry(_l("Question bank"), "items.list_items", Permission.ITEM_READ, order=25)
    web.add_entry(_l("Marking"), "marking.waiting", Permission.ATTEMPT_MARK, order=42)
    web.add_entry(_l("Examinations"), "exams.sessions", Permission.EXAM_READ, order=43)
    web.add_entry(_l("Quizzes"), "quizzes.list_quizzes", Permission.QUIZ_READ, order=41)
