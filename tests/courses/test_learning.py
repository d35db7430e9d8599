"""What a trainee sees: the course, the lesson, being done, and coming back to where one was."""

import pytest
from sqlalchemy import func, select

from tests.client import main_text
from tests.counting import counting
from tests.courses.conftest import AsPerson, Study
from training.core.db import db, reading
from training.programmes.models import Enrolment, EnrolmentStatus
from training.progress.models import EnrolmentStep, LedgerLine


def lines(study: Study, activity_id: int) -> int:
    """How many lines of completion the ledger holds for an activity."""
    with study.app.app_context(), reading():
        return db.session.scalar(
            select(func.count()).where(
                LedgerLine.activity_id == activity_id, LedgerLine.outcome == "training:completed"
            )
        )  # type: ignore[return-value]


def step(study: Study) -> EnrolmentStep:
    with study.app.app_context(), reading():
        return db.session.scalars(select(EnrolmentStep)).one()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_course_says_what_it_holds_and_where_to_begin(study: Study, as_: AsPerson, language: str) -> None:
    page = as_(study.people["trainee"], language).get(f"/courses/{study.course}")
    text = main_text(page)
    expected = {
        "zh": ("沟通入门", "开始学习", "36 分钟", "0 / 3"),
        "en": ("First steps", "Begin", "36 minutes", "0 of 3 lessons done"),
    }
    for part in expected[language]:
        assert part in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_lessons_lead_on_and_the_last_completes_course_and_enrolment(
    study: Study, as_: AsPerson, language: str
) -> None:
    client = as_(study.people["trainee"], language)
    first, second, third = study.lessons
    answer = client.submit(f"/lessons/{first}", action=f"/lessons/{first}/done")
    assert (answer.status_code, answer.location) == (303, f"/lessons/{second}")
    assert step(study).figures == {"done": 1, "total": 3}
    assert step(study).next_id == second
    assert client.get(f"/lessons/{second}").status_code == 200
    assert client.post(f"/lessons/{third}/done").location == f"/lessons/{second}"
    assert lines(study, study.course) == 0
    last = client.post(f"/lessons/{second}/done")
    assert last.location == f"/courses/{study.course}"
    text = main_text(client.get(last.location))
    assert {"zh": "本课程已全部学完", "en": "You have finished this course"}[language] in text
    assert lines(study, study.course) == 1
    assert step(study).done_at is not None
    with study.app.app_context(), reading():
        assert db.session.scalars(select(Enrolment)).one().status is EnrolmentStatus.COMPLETED


def test_being_done_twice_is_harmless(study: Study, as_: AsPerson) -> None:
    client = as_(study.people["trainee"])
    for _turn in range(2):
        assert client.post(f"/lessons/{study.lessons[0]}/done").status_code == 303
    assert lines(study, study.lessons[0]) == 1
    page = client.get(f"/lessons/{study.lessons[0]}").get_data(as_text=True)
    assert "/done" not in page
    assert f"/lessons/{study.lessons[1]}" in page


def test_the_course_resumes_at_the_heading_where_reading_stopped(study: Study, as_: AsPerson) -> None:
    client = as_(study.people["trainee"])
    third = study.lessons[2]
    assert client.post(f"/lessons/{third}/place", data={"heading": "s-收尾"}).status_code == 204
    assert client.post(f"/lessons/{third}/place", data={"heading": "s-开场"}).status_code == 204
    page = client.get(f"/courses/{study.course}")
    assert f"/lessons/{third}#s-%E5%BC%80%E5%9C%BA" in page.get_data(as_text=True)
    assert "继续学习" in main_text(page)
    assert 'data-bookmark="s-开场"' in client.get(f"/lessons/{third}").get_data(as_text=True)
    client.post(f"/lessons/{third}/done")
    assert f"/lessons/{study.lessons[0]}" in client.get(f"/courses/{study.course}").get_data(as_text=True)
    assert "data-bookmark=" not in client.get(f"/lessons/{third}").get_data(as_text=True)


@pytest.mark.parametrize("heading", ["", "a" * 81, "a b", "<script>", "a\x00", '"onload='])
def test_a_heading_that_is_none_is_refused(study: Study, as_: AsPerson, heading: str) -> None:
    client = as_(study.people["trainee"])
    answer = client.post(
        f"/lessons/{study.lessons[0]}/place", data={"heading": heading}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.json
    assert "error" in answer.json


def test_strangers_find_nothing(study: Study, as_: AsPerson) -> None:
    stranger = as_(study.people["stranger"])
    lesson = study.lessons[0]
    for address in (f"/courses/{study.course}", f"/lessons/{lesson}", f"/courses/{10**12}", f"/lessons/{study.course}"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"/lessons/{lesson}/done").status_code == 404
    assert stranger.post(f"/lessons/{lesson}/place", data={"heading": "s-a"}).status_code == 404
    assert lines(study, lesson) == 0
    assert as_(study.people["coordinator"]).get(f"/courses/{study.course}").status_code == 403
    assert as_(study.people["instructor"]).post(f"/lessons/{lesson}/done").status_code == 403


def test_reading_writes_nothing(study: Study, as_: AsPerson) -> None:
    client = as_(study.people["trainee"])
    with counting(study.app) as count:
        client.get(f"/lessons/{study.lessons[0]}")
        client.get(f"/courses/{study.course}")
    assert not [one for one in count.statements if not one.lstrip().upper().startswith(("SELECT", "WITH"))]


def test_a_lesson_page_keeps_its_budget_however_much_there_is(study: Study, as_: AsPerson) -> None:
    """Places, ledger lines and versions of other people and of this one; every lesson is a row with its own parent."""
    for name in ("newcomer", "stranger"):
        study.enrol(name)
    for number in range(3):
        study.publish(number, body_zh=f"第{number}版")
    study.cohort_of_its_own("trainee")
    clients = [as_(study.people[name]) for name in ("trainee", "newcomer", "stranger")]
    for client in clients:
        client.post(f"/lessons/{study.lessons[0]}/done")
        client.post(f"/lessons/{study.lessons[1]}/place", data={"heading": "s-a"})
    for lesson in study.lessons:
        with counting(study.app, at_most=6):
            assert clients[0].get(f"/lessons/{lesson}").status_code == 200
    with counting(study.app, at_most=6):
        assert clients[0].get(f"/courses/{study.course}").status_code == 200
