"""Photos on pages: put, replaced, withdrawn, sent by the dozen, frozen on paper, shown at verification, erased."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import delete, text
from sqlalchemy.exc import DBAPIError

from certificates import queries
from certificates.lifecycle import replacing
from certificates.lifecycle.history import Ground
from certificates.models import Certificate, CertificateDocument, Replacement
from certificates.photos import rules
from certificates.photos.drawing import silhouette
from certificates.photos.models import Portrait, PrintedPortrait
from certificates.tasks import render_what_is_left
from tests.certificates.conftest import Class
from tests.certificates.test_photos import picture
from tests.client import main_text
from tests.counting import counting
from training.accounts.models import NOTICE, Person
from training.core.db import db, reading, transaction
from training.privacy import erasure, holdings

pytestmark = pytest.mark.world

As = Callable[..., Any]


def file(data: bytes, name: str = "photo.jpg") -> tuple[io.BytesIO, str]:
    """A file as a form sends it."""
    return io.BytesIO(data), name


def kept(kind: int = 0) -> bytes:
    """What is kept of a drawn photo that was sent: it is packed once more."""
    return rules.normal_form(silhouette(kind))


def put(client: Any, data: bytes, address: str = "/certificates/photo") -> Any:
    """Send a photo."""
    return client.post(address, data={"photo": file(data)}, content_type="multipart/form-data")


@pytest.fixture
def holder(group: Class, app: Flask) -> Person:
    """Somebody who has completed the programme and has no photo yet."""
    group.enrol("欧阳静", id_number="11010519491231002X")
    with app.app_context(), transaction():
        person = db.session.get_one(Person, group.people["欧阳静"].id)
        person.notice_version = NOTICE
    return group.people["欧阳静"]


def test_a_trainee_puts_looks_at_replaces_and_withdraws_their_photo(group: Class, holder: Person, as_: As) -> None:
    own = as_(holder)
    assert 'href="/certificates/photo"' in own.get("/learning/").text
    assert own.get("/certificates/photo.jpg").status_code == 404
    assert put(own, picture()).location == "/certificates/photo"
    page = own.get("/certificates/photo")
    assert 'src="/certificates/photo.jpg"' in page.text
    first = own.get("/certificates/photo.jpg")
    assert (first.mimetype, first.headers["Cache-Control"]) == ("image/jpeg", "private, no-cache")
    put(own, silhouette())
    assert own.get("/certificates/photo.jpg").data == kept()
    (one,) = group.all(Portrait, Portrait.person_id == holder.id)
    put(own, silhouette())
    again = group.all(Portrait, Portrait.person_id == holder.id)
    assert [each.id for each in again] == [one.id], "the same again is the same"
    own.post("/certificates/photo/withdraw")
    assert own.post("/certificates/photo/withdraw").status_code == 303
    assert own.get("/certificates/photo.jpg").status_code == 404
    assert group.all(Portrait, Portrait.person_id == holder.id) == []


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"no picture", "不是 JPEG"),
        (picture((100, 140)), "像素太少"),
        (picture()[:-200], "损坏"),
    ],
    ids=["no picture", "few pixels", "cut off"],
)
def test_a_bad_photo_is_refused_in_words_and_changes_nothing(
    sent: bytes, said: str, group: Class, holder: Person, as_: As
) -> None:
    own = as_(holder)
    put(own, silhouette())
    answer = put(own, sent)
    assert answer.status_code == 422
    assert said in main_text(answer)
    assert own.get("/certificates/photo.jpg").data == kept()
    assert own.post("/certificates/photo", data={}).status_code == 422


def test_more_than_10_megabytes_are_not_read(holder: Person, as_: As) -> None:
    answer = put(as_(holder), bytes(11 * 1024 * 1024))
    assert answer.status_code == 413


def test_nobody_else_sees_a_photo(
    group: Class, holder: Person, people: dict[str, Person], as_: As, client: Any
) -> None:
    put(as_(holder), silhouette())
    enrolment = group.enrolments["欧阳静"]
    address = f"/certificates/enrolments/{enrolment}/photo.jpg"
    assert as_(people["coordinator.jn"]).get(address).data == kept()
    assert as_(people["coordinator.qd"]).get(address).status_code == 404
    assert as_(people["trainee.jn"]).get(address).status_code == 403
    assert as_(people["officer"]).get(address).status_code == 403
    assert client.get(address).status_code in {302, 303}
    assert as_(people["trainee.jn"]).get("/certificates/photo.jpg").data != kept(2)
    other = as_(people["coordinator.qd"])
    assert put(other, silhouette(2), f"/certificates/enrolments/{enrolment}/photo").status_code == 404


def test_a_coordinator_sends_several_and_reads_what_became_of_each(
    group: Class, holder: Person, people: dict[str, Person], as_: As, app: Flask
) -> None:
    for name in ("李䶮", "王芳", "赵六"):
        group.enrol(name)
    with app.app_context(), transaction():
        db.session.get_one(Person, group.people["赵六"].id).name = "王芳"
    coordinator = as_(people["coordinator.jn"], "en")
    address = f"/certificates/cohorts/{group.cohort_id}/photos"
    several = [
        file(silhouette(0), "11010519491231002x.jpg"),
        file(b"not a picture", "李䶮.png"),
        file(picture((900, 900)), "李䶮.jpg"),
        file(silhouette(1), "王芳.jpg"),
        file(silhouette(2), f"{group.people['王芳'].mobile}.jpg"),
        file(silhouette(3), "欧阳静.jpg"),
        file(silhouette(3), "13099999999.jpg"),
    ]
    answer = coordinator.post(address, data={"photos": several}, content_type="multipart/form-data")
    assert answer.status_code == 200
    words = main_text(answer)
    assert "3 of 7 files were taken" in words
    assert "3 of 4 people have a photo" in words
    for said in (
        "no JPEG, PNG or WebP",
        "Several people",
        "Another file of these",
        "Nobody in this cohort has the number",
    ):
        assert said in words
    taken = {one.person_id for one in group.all(Portrait)} & {one.id for one in group.people.values()}
    assert taken == {holder.id, group.people["李䶮"].id, group.people["王芳"].id}
    assert coordinator.post(address, data={}).status_code == 422


def test_a_coordinator_replaces_a_single_one_and_takes_it_out_of_use(
    group: Class, holder: Person, people: dict[str, Person], as_: As
) -> None:
    coordinator = as_(people["coordinator.jn"])
    address = f"/certificates/enrolments/{group.enrolments['欧阳静']}/photo"
    assert put(coordinator, silhouette(1), address).status_code == 303
    assert coordinator.get(f"{address}.jpg").data == kept(1)
    assert coordinator.get(address).status_code == 200
    assert "您的证书照片" in main_text(as_(holder).get("/inbox/"))
    coordinator.post(f"{address}/withdraw")
    assert coordinator.get(f"{address}.jpg").status_code == 404
    assert put(coordinator, b"", address).status_code == 422


def test_the_choosing_page_says_how_many_have_no_photo(
    group: Class, holder: Person, people: dict[str, Person], as_: As
) -> None:
    group.enrol("李䶮")
    coordinator = as_(people["coordinator.jn"], "en")
    page = f"/certificates/cohorts/{group.cohort_id}/issue"
    assert "2 people have no photo" in main_text(coordinator.get(page))
    put(as_(holder), silhouette())
    assert "1 person has no photo" in main_text(coordinator.get(page))


def issued(group: Class, holder: Person, as_: As) -> Certificate:
    """Issue with a photo, and print."""
    put(as_(holder), silhouette())
    certificate = group.issue("欧阳静")
    with group.app.app_context():
        render_what_is_left()
    return certificate


def images(group: Class, certificate: Certificate) -> list[bytes]:
    """The pictures in the stored document."""
    with group.app.app_context(), reading():
        printed = db.session.get_one(CertificateDocument, certificate.id).pdf
    with pikepdf.open(io.BytesIO(printed)) as document:
        return [
            one.read_raw_bytes()
            for one in document.objects
            if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        ]


def test_what_is_printed_is_frozen_at_issue(group: Class, holder: Person, as_: As, client: Any) -> None:
    own = as_(holder)
    put(own, silhouette())
    certificate = group.issue("欧阳静")
    put(own, silhouette(1))
    with group.app.app_context():
        render_what_is_left()
    assert images(group, certificate) == [kept()]
    own.post("/certificates/photo/withdraw")
    assert client.get(f"/verify/{certificate.number}/photo.jpg").data == kept()
    (one,) = group.all(Portrait, Portrait.person_id == holder.id)
    assert one.ended_at is not None


def test_verification_shows_the_photo_in_three_queries_and_nobody_keeps_it(
    group: Class, holder: Person, as_: As, client: Any, english: Any, app: Flask
) -> None:
    certificate = issued(group, holder, as_)
    with counting(app, at_most=3):
        page = client.get(f"/verify/{certificate.number}")
    assert f'src="/verify/{certificate.number}/photo.jpg"' in page.text
    assert 'alt="持证人照片"' in page.text
    assert 'alt="Photo of the holder"' in english.get(f"/verify/{certificate.number}").text
    with counting(app, at_most=3):
        shown = client.get(f"/verify/{certificate.number.lower()}/photo.jpg")
    assert (shown.status_code, shown.mimetype, shown.data) == (200, "image/jpeg", kept())
    assert {"private", "no-store"} <= set(shown.headers["Cache-Control"].split(", "))
    assert client.get("/verify/AN-2026-000-000-000/photo.jpg").status_code == 404


def test_a_certificate_without_a_photo_shows_none(group: Class, holder: Person, client: Any) -> None:
    certificate = group.issue("欧阳静")
    assert certificate.fields["photo"] == ""
    assert "photo.jpg" not in client.get(f"/verify/{certificate.number}").text
    assert client.get(f"/verify/{certificate.number}/photo.jpg").status_code == 404


def test_looking_for_photos_of_numbers_that_are_not_there_is_stopped(client: Any) -> None:
    answers = {client.get("/verify/AN-2026-7K3-M9Q-XB4/photo.jpg").status_code for _time in range(250)}
    assert answers == {404, 429}


def test_erasure_takes_the_photo_with_everything_else(group: Class, holder: Person, as_: As, client: Any) -> None:
    certificate = issued(group, holder, as_)
    put(as_(holder), silhouette(3))
    app = group.app
    with app.app_context(), reading():
        told = holdings.of(holder.id)
        assert [one["person_id"] for one in told["certificate_portrait"]] == [holder.id] * 2
        assert len(told["certificate_printed_portrait"]) == 1
    with app.app_context(), transaction():
        erasure.erase(holder.id, by=None)
    assert group.all(Portrait, Portrait.person_id == holder.id) == []
    with app.app_context(), reading():
        assert db.session.get(PrintedPortrait, certificate.id) is None
        assert db.session.get_one(Certificate, certificate.id).fields["photo"] == ""
    assert client.get(f"/verify/{certificate.number}/photo.jpg").status_code == 404
    assert "photo.jpg" not in client.get(f"/verify/{certificate.number}").text


def test_nothing_takes_a_photo_off_a_certificate_or_changes_it(group: Class, holder: Person, as_: As) -> None:
    issued(group, holder, as_)
    for statement, says in (
        ("DELETE FROM certificate_printed_portrait", "append-only"),
        ("UPDATE certificate_printed_portrait SET portrait_id = portrait_id", "append-only"),
        ("UPDATE certificate_portrait SET put_by_id = put_by_id + 1", "frozen"),
        ("UPDATE certificate_portrait SET person_id = person_id + 1", "frozen"),
    ):
        with group.app.app_context(), pytest.raises(DBAPIError, match=says), transaction():
            db.session.execute(text(statement))


@pytest.mark.one_database
def test_a_certificate_whose_photo_is_lost_stays_unprinted(group: Class, holder: Person, as_: As) -> None:
    put(as_(holder), silhouette())
    certificate = group.issue("欧阳静")
    with group.app.app_context():
        with transaction():
            db.session.execute(text("DROP TRIGGER certificate_printed_portrait_no_delete"))
            db.session.execute(delete(PrintedPortrait))
        render_what_is_left()
        with reading():
            assert db.session.get(CertificateDocument, certificate.id) is None


@pytest.mark.parametrize(
    ("kind", "chosen", "expected"),
    [
        (Replacement.DUPLICATE, (), 0),
        (Replacement.RENEWAL, (), 1),
        (Replacement.CORRECTION, ("photo",), 1),
        (Replacement.CORRECTION, ("person_name",), 0),
    ],
)
def test_what_takes_its_place_shows_the_photo_of_its_kind(
    kind: Replacement, chosen: tuple[str, ...], expected: int, group: Class, holder: Person, as_: As
) -> None:
    old = issued(group, holder, as_)
    put(as_(holder), silhouette(1))
    with group.app.app_context():
        with transaction():
            db.session.get_one(Person, holder.id).name = "欧阳婧"
        with transaction():
            coordinator = group.actor("coordinator.jn")
            candidate = queries.candidate_for(coordinator, old.enrolment_id)
            entry = queries.entry_visible_to(coordinator, old.id)
            new = replacing.replace(
                *(candidate, entry, kind, Ground("核对后重发。")),
                by=coordinator,
                typefaces=None,
                site="",
                chosen=chosen,
            )
        render_what_is_left()
    assert images(group, new) == [kept(expected)]
    assert images(group, old) == [kept(0)]


def test_the_page_of_a_correction_tells_both_photos_apart(
    group: Class, holder: Person, people: dict[str, Person], as_: As
) -> None:
    old = issued(group, holder, as_)
    put(as_(holder), silhouette(1))
    coordinator = as_(people["coordinator.jn"], "en")
    choosing = main_text(coordinator.get(f"/certificates/{old.id}/correct"))
    assert "the photo on the old paper" in choosing
    assert "the photo in use now" in choosing
    assert "the photo in use now" in main_text(coordinator.get(f"/certificates/{old.id}/correct?field=photo"))
