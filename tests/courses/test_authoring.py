"""What an instructor sees: lists, outlines, and lessons to write, look at and publish."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from courses.models import LessonVersion
from tests.client import main_text
from tests.courses.conftest import AsPerson, Study, draft
from training.activities.models import Activity
from training.core.db import db, reading


def fields(number: int = 1, **changes: Any) -> dict[str, Any]:
    """What the form of a lesson sends."""
    typed = draft(number)
    names = ("title_zh", "title_en", "body_zh", "body_en", "minutes")
    return {
        **{name: getattr(typed, name) for name in names},
        "class_hours": "1.0",
        "version": "1",
        "do": "save",
        **changes,
    }


def versions(study: Study, lesson: int = 0) -> int:
    with study.app.app_context(), reading():
        return db.session.get_one(Activity, study.lessons[lesson]).version


def rows(study: Study) -> int:
    with study.app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(LessonVersion)) or 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_authors_opens(study: Study, as_: AsPerson, language: str) -> None:
    client = as_(study.people["instructor"], language)
    lesson = study.lessons[0]
    for address in (
        "/teaching/courses",
        "/teaching/courses/new",
        f"/teaching/courses/{study.course}",
        f"/teaching/courses/{study.course}/lessons/new",
        f"/teaching/lessons/{lesson}",
        f"/teaching/lessons/{lesson}/versions",
        f"/teaching/lessons/{lesson}/versions/1",
    ):
        assert client.get(address).status_code == 200, address


def test_a_saved_lesson_is_a_new_version_with_its_author(study: Study, as_: AsPerson) -> None:
    client = as_(study.people["colleague"])
    address = f"/teaching/lessons/{study.lessons[0]}"
    answer = client.submit(address, {"body_zh": "## 新的一节\n\n正文", "do": "save"}, action=address)
    assert answer.status_code == 303
    assert versions(study) == 2
    listed = main_text(client.get(f"{address}/versions"))
    assert "第 2 版" in listed
    assert study.people["colleague"].name in listed
    assert "新的一节" in main_text(client.get(f"{address}/versions/2"))
    assert "新的一节" not in main_text(client.get(f"{address}/versions/1"))
    assert client.get(f"{address}/versions/3").status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_preview_shows_and_saves_nothing_and_keeps_what_was_typed(study: Study, as_: AsPerson, language: str) -> None:
    client = as_(study.people["instructor"], language)
    text = "## 看看\n\n<script>alert(1)</script>"
    answer = client.post(f"/teaching/lessons/{study.lessons[0]}", data=fields(body_zh=text, do="preview"))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert '<h2 id="zh-看看">看看</h2>' in html
    assert "<script>alert" not in html
    assert "## 看看" in html
    assert rows(study) == 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_stale_form_is_told_who_came_first_and_keeps_what_was_typed(
    study: Study, as_: AsPerson, language: str
) -> None:
    study.publish(0, body_zh="先到的正文")
    client = as_(study.people["colleague"], language)
    answer = client.post(f"/teaching/lessons/{study.lessons[0]}", data=fields(body_zh="后到的正文"))
    assert answer.status_code == 409
    html = answer.get_data(as_text=True)
    assert "后到的正文" in html
    assert "先到的正文" not in html
    assert study.people["instructor"].name in main_text(answer)
    assert f"/teaching/lessons/{study.lessons[0]}/versions/2" in html
    assert 'name="version" type="hidden" value="2"' in html
    assert versions(study) == 2
    again = client.post(f"/teaching/lessons/{study.lessons[0]}", data=fields(body_zh="后到的正文", version="2"))
    assert again.status_code == 303
    assert versions(study) == 3


def test_saving_twice_makes_one_version(study: Study, as_: AsPerson) -> None:
    client = as_(study.people["instructor"])
    for _turn in range(2):
        answer = client.post(f"/teaching/lessons/{study.lessons[0]}", data=fields(body_zh="只一次"))
        assert answer.status_code == 303
    assert versions(study) == 2


def test_of_two_authors_at_the_same_moment_one_is_told(study: Study, as_: AsPerson) -> None:
    clients = [as_(study.people[name]) for name in ("instructor", "colleague")]
    gate = Barrier(2)

    def send(number: int) -> int:
        data = fields(body_zh=f"作者{number}的正文")
        gate.wait()
        return clients[number].post(f"/teaching/lessons/{study.lessons[0]}", data=data).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [303, 409]
    assert versions(study) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"title_zh": ""},
        {"title_en": "   "},
        {"title_en": "x" * 201},
        {"body_zh": "字" * 60_001},
        {"body_en": "> " * 60 + "a"},
        {"body_en": "a\x00b"},
        {"minutes": "soon"},
        {"minutes": "0"},
        {"minutes": "9" * 40},
        {"class_hours": "NaN"},
        {"class_hours": "1.55"},
        {"class_hours": "-1"},
        {"class_hours": "1e9"},
        {"version": "x"},
    ],
)
@pytest.mark.one_database
def test_what_does_not_fit_is_shown_again_with_a_sentence(study: Study, as_: AsPerson, changes: dict[str, Any]) -> None:
    client = as_(study.people["instructor"])
    for address in (
        f"/teaching/lessons/{study.lessons[0]}",
        f"/teaching/courses/{study.course}/lessons/new",
    ):
        answer = client.post(address, data=fields(**changes))
        assert answer.status_code == 422, address
        assert "error-summary" in answer.get_data(as_text=True)
    assert rows(study) == 3


def test_a_lesson_is_added_at_the_end(study: Study, as_: AsPerson) -> None:
    client = as_(study.people["instructor"])
    for _click in range(2):
        answer = client.post(f"/teaching/courses/{study.course}/lessons/new", data=fields(4))
        assert answer.status_code == 303
    text = main_text(client.get(f"/teaching/courses/{study.course}"))
    assert "第4课：沟通" in text
    assert rows(study) == 4


def test_a_course_begins_with_its_first_lesson(study: Study, as_: AsPerson) -> None:
    client = as_(study.people["instructor"], "en")
    words = {
        "course_title_zh": "哀伤陪伴",
        "course_title_en": "Bereavement",
        "summary_zh": "简介",
        "summary_en": "About",
    }
    answer = client.submit("/teaching/courses/new", {**fields(7), **words}, action="/teaching/courses/new")
    assert answer.status_code == 303
    again = client.submit("/teaching/courses/new", {**fields(7), **words}, action="/teaching/courses/new")
    assert again.location == answer.location
    assert "Bereavement" in main_text(client.get("/teaching/courses"))
    assert "Talking, part 7" in main_text(client.get(answer.location))
    refused = client.post("/teaching/courses/new", data={**fields(8), **words, "scope_id": "1"})
    assert refused.status_code == 422


def test_the_order_is_saved_by_places(study: Study, as_: AsPerson) -> None:
    client = as_(study.people["instructor"])
    first, second, third = study.lessons
    address = f"/teaching/courses/{study.course}"
    assert client.submit(address, {f"place-{third}": "0"}, action=f"{address}/order").status_code == 303
    html = client.get(address).get_data(as_text=True)
    assert html.index(f"place-{third}") < html.index(f"place-{first}") < html.index(f"place-{second}")
    stale = {"version": "1", f"place-{first}": "1", f"place-{second}": "2", f"place-{third}": "3"}
    assert client.post(f"{address}/order", data=stale).status_code == 409
    assert client.post(f"{address}/order", data={**stale, f"place-{first}": "x"}).status_code == 422
    assert client.post(f"{address}/order", data={"version": "2"}).status_code == 422


def test_another_bases_instructor_and_a_trainee_find_nothing_to_write(study: Study, as_: AsPerson) -> None:
    lesson = study.lessons[0]
    posts = {
        f"/teaching/lessons/{lesson}": fields(minutes=44),
        f"/teaching/courses/{study.course}/lessons/new": fields(4),
        f"/teaching/courses/{study.course}/order": {"version": "1"},
    }
    gets = (f"/teaching/courses/{study.course}", f"/teaching/lessons/{lesson}/versions", *posts)
    for name, status in (("elsewhere", 404), ("trainee", 403)):
        client = as_(study.people[name])
        for address in gets:
            if not address.endswith("/order"):
                assert client.get(address).status_code == status, address
        for address, data in posts.items():
            assert client.post(address, data=data).status_code == status, address
    assert rows(study) == 3
