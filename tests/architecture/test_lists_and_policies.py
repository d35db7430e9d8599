"""A list shows exactly the objects whose own page opens: what may be read and which may be read are one rule."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, String, cast, select

from certificates import policies as certificates
from certificates.batches import queries as batches
from certificates.batches.models import Batch
from certificates.designs import queries as designs
from certificates.designs.models import CertificateDesign
from certificates.models import Certificate
from certificates.numbering import queries as numbering
from certificates.numbering.models import NumberScheme
from certificates.questions import queries as questions
from certificates.questions.models import CertificateQuestion
from certificates.renewals import queries as renewals
from certificates.renewals.models import Renewal
from courses import queries as courses
from courses.dialogues import queries as dialogues
from courses.dialogues.models import Dialogue, DialogueAttempt
from courses.models import Course
from question_bank.changes import queries as changes
from question_bank.changes.models import ItemChange
from question_bank.exams.models import ExamSession
from question_bank.exams.queries import sites as exams
from question_bank.imports import queries as imports
from question_bank.imports.models import ItemImport
from question_bank.marking import queries as marking
from question_bank.models import Attempt, AttemptItem, Item, Quiz
from question_bank.pictures import queries as pictures
from question_bank.pictures.models import ItemPicture
from question_bank.queries import attempts, items, quizzes
from question_bank.rechecks import queries as rechecks
from question_bank.rechecks.models import Recheck
from question_bank.regrading import queries as rulings
from question_bank.regrading.models import Ruling
from tests import world
from tests.architecture.sources import python, short, tree
from tests.client import client_for
from training.accounts import queries as accounts
from training.accounts.models import Person
from training.activities.models import Activity
from training.core.access import Actor
from training.core.db import db, reading
from training.core.storage import StoredFile
from training.messages import queries as messages
from training.messages.models import InboxEntry
from training.places import queries as places
from training.places.models import Alliance, Institution, TrainingBase
from training.practice.models import HoursLine, LineState, LogbookEntry, SkillsAssessment
from training.practice.queries import hours as practice_hours
from training.practice.queries import logbook, plans, skills
from training.privacy import policies as privacy
from training.privacy.permissions import Permission as PrivacyPermission
from training.programmes import queries as programmes
from training.programmes.models import Cohort, Enrolment, Programme


@dataclass(frozen=True)
class Listed:
    """A select of what an actor may see, the ids of everything there is, and where one of it opens."""

    visible: Callable[[Actor], Select[Any]]
    everything: Any
    page: str
    id_of: Callable[[Any], Any]
    list_page: str | None = None


def _attempts(actor: Actor) -> Select[Any]:
    return attempts.visible_attempts(actor.id)


def _dialogue_attempts(actor: Actor) -> Select[Any]:
    return dialogues.visible_dialogue_attempts(actor.id)


def _people(actor: Actor) -> Select[Any]:
    return privacy.visible_people(actor, PrivacyPermission.PERSON_REVISE)


LISTS = {
    "visible_alliances": Listed(
        places.visible_alliances, Alliance.id, "/places/alliances/{}", lambda row: int(row[0].id), "/places/alliances/"
    ),
    "visible_bases": Listed(
        places.visible_bases, TrainingBase.id, "/places/bases/{}/edit", lambda row: int(row[0].id), "/places/bases/"
    ),
    "visible_institutions": Listed(
        places.visible_institutions, Institution.id, "/places/{}", lambda row: int(row[0].id), "/places/"
    ),
    "visible_people": Listed(_people, Person.id, "/people-data/{}", lambda row: int(row.Person.id)),
    "visible_cohorts": Listed(
        programmes.visible_cohorts, Cohort.id, "/cohorts/{}", lambda row: int(row.Cohort.id), "/cohorts/"
    ),
    "visible_to_learner": Listed(
        courses.visible_to_learner, Course.activity_id, "/courses/{}", lambda row: int(row.Course.activity_id)
    ),
    "visible_to_author": Listed(
        courses.visible_to_author,
        Course.activity_id,
        "/teaching/courses/{}",
        lambda row: int(row.Course.activity_id),
        "/teaching/courses",
    ),
    "visible_dialogues": Listed(
        dialogues.visible_dialogues,
        Dialogue.activity_id,
        "/teaching/dialogues/{}",
        lambda row: int(row.Activity.id),
        "/teaching/dialogues",
    ),
    "visible_dialogue_attempts": Listed(
        _dialogue_attempts,
        DialogueAttempt.id,
        "/dialogues/attempts/{}",
        lambda row: int(row.DialogueAttempt.id),
    ),
    "visible_items": Listed(items.visible_items, Item.id, "/items/{}", lambda row: int(row.Item.id), "/items/"),
    "visible_changes": Listed(
        changes.visible_changes,
        ItemChange.id,
        "/items/changes/{}",
        lambda row: int(row.ItemChange.id),
        "/items/changes/",
    ),
    "visible_pictures": Listed(
        pictures.visible_pictures,
        select(StoredFile.sha256).where(StoredFile.id.in_(select(ItemPicture.file_id))),
        "/items/pictures/{}",
        lambda row: row.StoredFile.sha256,
    ),
    "visible_imports": Listed(
        imports.visible_imports,
        ItemImport.id,
        "/items/imports/{}",
        lambda row: int(row.ItemImport.id),
        "/items/imports/",
    ),
    "visible_quizzes": Listed(
        quizzes.visible_quizzes, Quiz.activity_id, "/quizzes/{}", lambda row: int(row.Activity.id), "/quizzes/"
    ),
    "visible_rulings": Listed(
        rulings.visible_rulings, Ruling.id, "/quizzes/rulings/{}", lambda row: int(row.Ruling.id)
    ),
    "visible_rechecks": Listed(
        rechecks.visible_rechecks,
        Recheck.attempt_id,
        "/marking/rechecks/{}",
        lambda row: int(row.Recheck.attempt_id),
        "/marking/rechecks/",
    ),
    "visible_questions": Listed(
        questions.visible_questions,
        CertificateQuestion.id,
        "/certificates/questions/{}",
        lambda row: int(row.CertificateQuestion.id),
        "/certificates/questions/",
    ),
    "visible_renewals": Listed(
        renewals.visible_renewals,
        Renewal.id,
        "/certificates/renewals/{}",
        lambda row: int(row.Renewal.id),
        "/certificates/renewals/",
    ),
    "visible_attempts": Listed(_attempts, Attempt.id, "/quiz/attempts/{}", lambda row: int(row.Attempt.id)),
    "visible_sessions": Listed(
        exams.visible_sessions, ExamSession.id, "/exams/{}", lambda row: int(row.ExamSession.id), "/exams/"
    ),
    "visible_answers_to_mark": Listed(
        marking.visible_answers_to_mark,
        select(cast(AttemptItem.attempt_id, String) + "/" + cast(AttemptItem.position, String)).where(
            AttemptItem.type.in_(marking.BY_HAND), AttemptItem.graded_answer.is_not(None)
        ),
        "/marking/answers/{}",
        lambda row: f"{row.AttemptItem.attempt_id}/{row.AttemptItem.position}",
    ),
    "visible_batches": Listed(
        batches.visible_batches,
        Batch.id,
        "/certificates/batches/{}",
        lambda row: int(row.Batch.id),
        "/certificates/batches/",
    ),
    "visible_programmes": Listed(
        programmes.visible_programmes,
        Programme.activity_id,
        "/programmes/{}",
        lambda row: int(row.Activity.id),
        "/programmes/",
    ),
    "visible_plans": Listed(
        plans.visible_plans,
        select(Activity.id).where(Activity.kind.startswith("practice:")),
        "/practice-plans/{}",
        lambda row: int(row.Activity.id),
        "/practice-plans/",
    ),
    "visible_lines": Listed(
        practice_hours.visible_lines,
        select(HoursLine.id).where(HoursLine.state != LineState.DRAFT),
        "/supervision/lines/{}",
        lambda row: int(row.HoursLine.id),
    ),
    "visible_trainees": Listed(
        skills.visible_trainees,
        Enrolment.id,
        "/supervision/trainees/{}",
        lambda row: int(row.Enrolment.id),
        "/supervision/trainees",
    ),
    "visible_assessments": Listed(
        skills.visible_assessments,
        SkillsAssessment.id,
        "/supervision/assessments/{}",
        lambda row: int(row.SkillsAssessment.id),
    ),
    "visible_entries": Listed(
        logbook.visible_entries,
        LogbookEntry.id,
        "/supervision/logbook/{}",
        lambda row: int(row.LogbookEntry.id),
    ),
    "visible_inbox": Listed(messages.visible_inbox, InboxEntry.id, "/inbox/{}", lambda row: int(row.InboxEntry.id)),
    "visible_designs": Listed(
        designs.visible_designs,
        CertificateDesign.id,
        "/certificates/designs/{}",
        lambda row: int(row.CertificateDesign.id),
        "/certificates/designs/",
    ),
    "visible_schemes": Listed(
        numbering.visible_schemes,
        NumberScheme.id,
        "/certificates/numbering/{}",
        lambda row: int(row.NumberScheme.id),
        "/certificates/numbering/",
    ),
    "visible_certificates": Listed(
        certificates.visible_certificates, Certificate.id, "/certificates/{}", lambda row: int(row.Certificate.id)
    ),
    "registered_certificates": Listed(
        certificates.registered_certificates,
        Certificate.id,
        "/certificates/{}",
        lambda row: int(row.Certificate.id),
        "/certificates/",
    ),
}
NARROWER = {"registered_certificates"}  # a part of what opens: the register, without one's own


def test_every_select_of_visible_things_is_compared_here() -> None:
    found = {
        node.name
        for path in python()
        if {"queries", "policies"} & {path.stem, path.parent.name}
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith(("visible_", "registered_"))
        and isinstance(node.returns, ast.Subscript)
        and getattr(node.returns.value, "id", "") == "Select"
    }
    assert found == set(LISTS), [short(path) for path in python() if path.stem in {"queries", "policies"}]


@pytest.mark.world
@pytest.mark.parametrize("name", LISTS)
def test_list_and_single_page_agree(app: Flask, name: str) -> None:
    listed = LISTS[name]
    with app.app_context(), reading():
        asked = listed.everything if isinstance(listed.everything, Select) else select(listed.everything)
        everything = set(db.session.scalars(asked))
    assert everything
    somebody_sees_some = somebody_sees_less = False
    for who, person in world.people(app).items():
        seen = _seen(app, person, listed)
        client = client_for(app, person)
        opened = {one for one in everything if client.get(listed.page.format(one)).status_code in {200, 302}}
        if name in NARROWER:
            assert seen <= opened, who
        else:
            assert seen == opened, f"{who} sees {sorted(seen)} and can open {sorted(opened)}"
        if listed.list_page and seen:
            page = client.get(listed.list_page).get_data(as_text=True)
            assert all(f'"{listed.page.format(one)}"' in page for one in seen), who
            assert not any(f'"{listed.page.format(one)}"' in page for one in everything - seen), who
        somebody_sees_some |= bool(seen)
        somebody_sees_less |= seen != everything
    assert somebody_sees_some
    assert somebody_sees_less


def _seen(app: Flask, person: Person, listed: Listed) -> set[Any]:
    with app.test_request_context(), reading():
        actor = accounts.load_actor(f"{person.id}:{person.stamp}")
        assert actor is not None
        return {listed.id_of(row) for row in db.session.execute(listed.visible(actor))}
