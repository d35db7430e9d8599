"""The logbook carries no patient's identity, and is read by the trainee and the base's supervisors alone."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import world
from tests.client import client_for, main_text
from training.core import clock
from training.core.db import db, reading
from training.practice.models import LogbookEntry
from training.practice.screening import findings

CERTAIN = {
    "患者身份证 370102194901011234": "identity",
    "号码３７０１０２４９０１０１１２３": "identity",
    "家属电话13812345678": "mobile",
    "12床患者夜间疼痛": "bed",
    "床号：7": "bed",
    "the patient in bed 12": "bed",
    "2026-11-03 入院": "date",
    "11月3日夜间": "date",
    "on 3 November": "date",
    "住院号 00123456": "record",
    "患者姓名：王小明": "name",
}
DOUBTFUL = ("患者王某某诉疼痛", "张某的女儿", "李奶奶说想回家", "Mrs Lee was calm")
HARMLESS = (
    "患者高热，卧床3天，NRS 7 分，吗啡 5-10 mg 每 4 小时一次。",
    "2026年11月在病区学习，11月共值班 6 次。",
    "Morphine 2.5 mg by mouth, then 5 mg; the family may 24 hours later ask again.",
    "床旁交接，和家属谈了 30 分钟。",
)


@pytest.mark.parametrize(("text", "word"), CERTAIN.items())
def test_a_clear_identifier_is_found_with_its_place(text: str, word: str) -> None:
    found = findings(text)
    assert [(one.word, one.certain) for one in found][0] == (word, True)
    assert text[found[0].start : found[0].end] == found[0].text


@pytest.mark.parametrize("text", DOUBTFUL)
def test_what_may_be_a_name_is_doubtful(text: str) -> None:
    assert [one.certain for one in findings(text)] == [False]


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_clinical_text_is_left_alone(text: str) -> None:
    assert findings(text) == []


@pytest.mark.world
def test_an_identifier_is_refused_and_a_doubt_is_confirmed(app: Flask) -> None:
    client = client_for(app, world.people(app)["trainee.jn"])
    month = clock.month(clock.now())
    values = {"month": month, "setting": "ward", "situation": "pain", "did": "12床患者疼痛评估", "learnt": "先问。"}

    def entries() -> int:
        with app.app_context(), reading():
            return db.session.scalar(select(func.count()).select_from(LogbookEntry)) or 0

    before = entries()
    refused = client.submit("/practice/logbook/new", values)
    assert refused.status_code == 422
    assert "床号" in main_text(refused)
    assert client.submit("/practice/logbook/new", {**values, "confirmed": "y"}).status_code == 422
    doubtful = client.submit("/practice/logbook/new", {**values, "did": "李奶奶说想回家"})
    assert doubtful.status_code == 422
    assert "已确认" in main_text(doubtful)
    assert entries() == before
    assert (
        client.submit("/practice/logbook/new", {**values, "did": "李奶奶说想回家", "confirmed": "y"}).status_code == 302
    )
    assert entries() == before + 1


@pytest.mark.world
def test_nobody_but_the_trainee_and_the_bases_supervisors_reads_an_entry(app: Flask) -> None:
    people = world.people(app)
    with app.app_context(), reading():
        entry = db.session.scalars(
            select(LogbookEntry.id).where(LogbookEntry.person_id == people["trainee.jn"].id)
        ).one()
    assert client_for(app, people["trainee.jn"]).get(f"/practice/logbook/{entry}").status_code == 200
    assert client_for(app, people["other_trainee.jn"]).get(f"/practice/logbook/{entry}").status_code == 404
    expected = {"supervisor.jn": 200, "supervisor.qd": 404, "coordinator.jn": 403, "officer": 403, "administrator": 403}
    for name, status in expected.items():
        assert client_for(app, people[name]).get(f"/supervision/logbook/{entry}").status_code == status, name
