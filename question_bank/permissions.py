"""What may be done with items, quizzes and attempts, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from training.core import access, audit
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over the bank, alphabetically."""

    ATTEMPT_MARK = "question_bank:attempt:mark"
    ATTEMPT_SIT = "question_bank:attempt:sit"
    EXAM_INVIGILATE = "question_bank:exam:invigilate"
    EXAM_MANAGE = "question_bank:exam:manage"
    EXAM_READ = "question_bank:exam:read"
    ITEM_READ = "question_bank:item:read"
    ITEM_REVIEW = "question_bank:item:review"
    ITEM_WRITE = "question_bank:item:write"
    QUIZ_READ = "question_bank:quiz:read"
    QUIZ_WRITE = "question_bank:quiz:write"


GRANTS = {
    Permission.ATTEMPT_MARK: (Role.INSTRUCTOR,),
    Permission.ATTEMPT_SIT: (Role.TRAINEE,),
    Permission.EXAM_INVIGILATE: (Role.COORDINATOR, Role.OFFICER, Role.SUPERVISOR),
    Permission.EXAM_MANAGE: (Role.COORDINATOR, Role.OFFICER),
    Permission.EXAM_READ: (Role.COORDINATOR, Role.OFFICER, Role.SUPERVISOR),
    Permission.ITEM_READ: (Role.INSTRUCTOR,),
    Permission.ITEM_REVIEW: (Role.INSTRUCTOR,),
    Permission.ITEM_WRITE: (Role.INSTRUCTOR,),
    Permission.QUIZ_READ: (Role.INSTRUCTOR,),
    Permission.QUIZ_WRITE: (Role.INSTRUCTOR,),
}

VERBS = {
    "attempt.adjudicate": _l("differing marks of a written answer decided"),
    "attempt.hand-in": _l("attempt handed in"),
    "attempt.mark": _l("written answer marked"),
    "attempt.recheck-answer": _l("request to check a mark answered"),
    "attempt.recheck-ask": _l("check of a mark asked for"),
    "attempt.regrade": _l("attempt marked anew"),
    "attempt.reopen": _l("attempt opened again"),
    "attempt.result": _l("result of an attempt decided"),
    "attempt.start": _l("attempt begun"),
    "attempt.void": _l("attempt made void"),
    "exam_session.add": _l("examination set"),
    "exam_session.admit": _l("people admitted to an examination"),
    "exam_session.cancel": _l("examination cancelled"),
    "exam_session.dismiss": _l("admission to an examination taken back"),
    "exam_session.extend": _l("time of an examination extended"),
    "exam_session.pause": _l("examination paused"),
    "exam_session.release": _l("results of an examination released"),
    "exam_session.resume": _l("examination resumed"),
    "exam_session.revise": _l("examination changed"),
    "exam_session.time": _l("extra time granted"),
    "item.add": _l("item added"),
    "item.approved": _l("item approved"),
    "item.comment": _l("item commented on"),
    "item.place": _l("category and tags of an item changed"),
    "item.restored": _l("item restored"),
    "item_change.confirm": _l("change of many items carried out"),
    "item_change.undo": _l("change of many items undone"),
    "item_import.confirm": _l("items brought in"),
    "item_import.drop": _l("import of items dropped"),
    "item_import.open": _l("file of items sent"),
    "item.retired": _l("item retired"),
    "item.returned": _l("item returned to its author"),
    "item.revise": _l("item revised"),
    "item.submitted": _l("item submitted for review"),
    "item.withdrawn": _l("item withdrawn from review"),
    "item-category.add": _l("category of items added"),
    "item-category.rename": _l("category of items renamed"),
    "quiz.add": _l("quiz added"),
    "quiz.revise": _l("quiz revised"),
    "ruling.decide": _l("ruling on a quiz decided"),
}

NAMES = {
    "act": _l("act"),
    "deadline": _l("end of the time"),
    "attempt": _l("attempt"),
    "by": _l("handed in by"),
    "category": _l("category"),
    "exam_session": _l("examination"),
    "format": _l("format"),
    "item": _l("item"),
    "item_change": _l("change of many items"),
    "items": _l("items"),
    "moved": _l("attempts changed"),
    "minutes": _l("minutes"),
    "quiz": _l("quiz"),
    "ruling": _l("ruling"),
    "tags": _l("tags"),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
    audit.describe(VERBS)
    audit.name(NAMES)
