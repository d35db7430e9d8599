"""The sample's practice: a rotation plan, a checklist (not reviewed), and how far some trainees have come.

The specialist programme requires both. Those with a story have begun; of the crowd, whoever has come so far has worked
all its hours, or most of them, and was assessed.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from training.accounts.models import Person
from training.activities.models import Activity
from training.core import clock, sample
from training.core.access import Actor
from training.core.db import db
from training.core.sample import LONG_AGO
from training.practice import scoring
from training.practice.models import HoursLine, Posting, Setting, Situation
from training.practice.queries.plans import checklist_version
from training.practice.scoring import CheckItem
from training.practice.services import hours, logbook, plans, postings, skills
from training.practice.services.plans import Checklist, Hours, Titles
from training.programmes.models import Cohort, Enrolment
from training.programmes.samples import acting

SUPERVISOR = "13800000018"
BASE = "SAMPLE-BASE-JN"
ADDED = timedelta(days=20)
# mobile: (days signed, days sent, drafts)
HOURS = {"13800000013": (4, 3, 1), "13800000008": (8, 1, 0), "13800000010": (2, 5, 0)}
SENT_BEFORE = timedelta(days=5)
Chosen = dict[str, tuple[Enrolment, Person]]


@sample.step("practice plans", 35)
def add_plans(shared: dict[str, Any]) -> None:
    """Leave `rotation` and `checklist`, plans of the province, which the specialist programme requires."""
    with clock.frozen(shared["now"] - LONG_AGO):
        shared["rotation"], shared["checklist"] = _add_plans(shared, content())
    shared["requires"]["specialist"] += [shared["rotation"], shared["checklist"]]


def content() -> dict[str, Any]:
    """The texts of the sample's practice."""
    read: dict[str, Any] = json.loads(files("training.practice").joinpath("sample.json").read_text(encoding="utf-8"))
    return read


@sample.step("practice", 64)
def add_practice(shared: dict[str, Any]) -> None:
    """Practise with a few of the base's trainees."""
    texts, rotation, checklist = content(), shared["rotation"], shared["checklist"]
    people = {one.person.mobile: (one.enrolment, one.person) for one in shared["learners"] if one.stage == "practising"}
    with clock.frozen(shared["now"] - ADDED):
        _assign(shared, rotation, people)
    supervisor = acting(shared["people"][SUPERVISOR])
    for mobile, (signed, sent, drafts) in HOURS.items():
        _work(shared["now"], people[mobile], texts, supervisor, (signed, sent, drafts))
    _assess(shared["now"], people, checklist, texts, supervisor)
    _write_logbook(shared["now"], people["13800000013"], texts, supervisor)


def _add_plans(shared: dict[str, Any], texts: dict[str, Any]) -> tuple[Activity, Activity]:
    scope = shared["province_scope"]
    titles = Titles(texts["rotation"]["zh"], texts["rotation"]["en"])
    rotation = plans.add_plan(scope, titles, Hours(all=160, ward=80, outpatient=40, home=40), added_by=None)
    listed = texts["checklist"]
    items, group = [], ("", "")
    for number, one in enumerate(listed["items"], start=1):
        group = (one.get("group_zh", group[0]), one.get("group_en", group[1]))
        items.append(CheckItem(**{**one, "key": f"i{number}", "group_zh": group[0], "group_en": group[1]}))
    titles = Titles(listed["zh"], listed["en"])
    checklist = plans.add_plan(scope, titles, Checklist(items, listed["pass_percent"]), added_by=None)
    return rotation, checklist


def _assign(shared: dict[str, Any], rotation: Activity, people: Chosen) -> None:
    """Two weeks on the ward until the day before yesterday, then the clinic, then home visits."""
    today = clock.local(shared["now"]).date()
    coordinator, supervisor = acting(shared["staff"][BASE]), shared["people"][SUPERVISOR]
    first = today - timedelta(days=12)
    cohort = db.session.get_one(Cohort, people[next(iter(HOURS))][0].cohort_id)
    for setting, unit, start, length in (
        (Setting.WARD, "安宁疗护病区（示例）", 0, 14),
        (Setting.OUTPATIENT, "疼痛与安宁疗护门诊（示例）", 14, 7),
        (Setting.HOME, "居家访视组（示例）", 21, 7),
    ):
        starts_on = first + timedelta(days=start)
        data = postings.PostingData(setting, unit, supervisor.id, starts_on, starts_on + timedelta(days=length - 1))
        chosen = [people[mobile][0].id for mobile in HOURS]
        postings.assign(cohort, rotation, chosen, data, assigned_by=coordinator)


def _work(
    now: Any, who: tuple[Enrolment, Person], texts: dict[str, Any], supervisor: Actor, counts: tuple[int, int, int]
) -> None:
    _enrolment, person = who
    ward = db.session.scalars(
        select(Posting).where(Posting.person_id == person.id, Posting.setting == Setting.WARD)
    ).one()
    work = [one["zh"] for one in texts["work"] if one["setting"] == Setting.WARD]
    me = acting(person)
    lines = [_line(ward, ward.starts_on + timedelta(days=day), work[day % len(work)], me) for day in range(sum(counts))]
    signed, sent, _drafts = counts
    with clock.frozen(now - SENT_BEFORE):
        hours.send_lines(person.id, [one.id for one in lines[: signed + sent]], sent_by=me)
    with clock.frozen(now - timedelta(days=1)):
        hours.sign_lines(lines[:signed], signed_by=supervisor)


def _line(posting: Posting, day: date, what: str, me: Actor) -> HoursLine:
    data = hours.LineData(day, 15, what)
    return hours.write_line(posting, data, client_key=f"sample-{me.id}-{day}", written_by=me)


def _assess(now: Any, people: Chosen, checklist: Activity, texts: dict[str, Any], supervisor: Actor) -> None:
    """One trainee passed; another was kind and gentle, and missed a critical item."""
    items = scoring.read(checklist_version(checklist.id, checklist.version).body)
    best = {one.key: scoring.SCALES[one.scale] for one in items}
    critical = [one.key for one in items if one.critical][-1]
    for mobile, marks, advice in (
        ("13800000008", {**best, items[0].key: 1}, texts["advice_passed"]),
        ("13800000013", {**best, critical: 0}, texts["advice_failed"]),
    ):
        with clock.frozen(now - timedelta(days=2)):
            skills.assess(
                people[mobile][0],
                checklist,
                marks,
                version=1,
                advice=advice,
                client_key=f"sample-skills-{mobile}",
                assessed_by=supervisor,
            )


def _write_logbook(now: Any, who: tuple[Enrolment, Person], texts: dict[str, Any], supervisor: Actor) -> None:
    enrolment, person = who
    entries = []
    for number, one in enumerate(texts["entries"]):
        at = now - timedelta(hours=3 - number)
        data = logbook.EntryData(
            clock.month(at), Setting(one["setting"]), Situation(one["situation"]), one["did"], one["learnt"]
        )
        with clock.frozen(at):
            entries.append(
                logbook.write_entry(
                    enrolment, data, client_key=f"sample-entry-{number}", confirmed=False, written_by=acting(person)
                )
            )
    path = supervisor.grants[0].path
    with clock.frozen(now - timedelta(hours=1)):
        logbook.comment(entries[0], path, texts["comment"], client_key="sample-logbook-comment", written_by=supervisor)
