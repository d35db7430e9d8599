"""Pictures, recordings and documents in lessons: added without losing a word, shown to their readers, pinned."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests import media_files as made
from tests.client import main_text
from tests.counting import counting
from tests.courses.conftest import AsPerson, Study
from tests.courses.test_authoring import fields
from training.core.db import db, reading

TEXT_ZH = "## 图\n\n![](figure:body)\n\n![](video:talk)\n\n见[检查表](attachment:list)。"
TEXT_EN = "## Figure\n\n![Own words](figure:body)\n\n![](video:talk)\n\nSee [the list](attachment:list)."


def add(study: Study, as_: AsPerson, content: bytes, name: str = "", **changes: Any) -> TestResponse:
    """Send a file with the form of the first lesson, its texts changed and not saved."""
    typed = fields(body_zh="未存的正文", body_en="Unsaved text", do="upload")
    form = {
        "media_file": (io.BytesIO(content), "a.bin"),
        "media_name": name,
        "media_alt_zh": "人体",
        "media_alt_en": "A body",
        "media_caption_zh": "图一",
        **changes,
    }
    client = as_(study.people["instructor"])
    return client.post(
        f"/teaching/lessons/{study.lessons[0]}", data={**typed, **form}, content_type="multipart/form-data"
    )


def furnish(study: Study, as_: AsPerson) -> None:
    """A picture, a film with captions and a paper in the course, shown by a second version of the first lesson."""
    assert add(study, as_, made.png(), "body").status_code == 200
    captions = {"media_captions_zh": (io.BytesIO(made.VTT), "a.vtt")}
    assert add(study, as_, made.mp4(), "talk", **captions).status_code == 200
    assert add(study, as_, made.PDF, "list", media_alt_zh="检查表").status_code == 200
    study.publish(0, body_zh=TEXT_ZH, body_en=TEXT_EN)


def ids(study: Study) -> dict[str, int]:
    from courses.media.models import CourseMedia

    with study.app.app_context(), reading():
        rows = db.session.execute(select(CourseMedia.name, CourseMedia.id).order_by(CourseMedia.id))
        return {row.name: row.id for row in rows}


def test_a_file_is_added_and_the_unsaved_text_stays(study: Study, as_: AsPerson) -> None:
    answer = add(study, as_, made.png())
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "未存的正文" in html
    assert "Unsaved text" in html
    assert "![](figure:figure-1)" in html
    again = add(study, as_, made.png(), "figure-1")
    assert again.status_code == 200
    assert len(ids(study)) == 1


def test_a_photograph_is_kept_without_the_place_where_it_was_taken(study: Study, as_: AsPerson) -> None:
    assert add(study, as_, made.photograph(), "ward").status_code == 200
    author = as_(study.people["instructor"])
    shown = author.get(f"/teaching/courses/{study.course}/media/{ids(study)['ward']}/file")
    assert shown.status_code == 200
    assert shown.data.startswith(b"\xff\xd8")
    assert not any(secret in shown.data for secret in made.SECRETS)


@pytest.mark.parametrize(
    ("content", "changes", "word"),
    [
        (b"<html>no film</html>", {}, "网页"),
        (made.png(), {"media_alt_en": ""}, "请填写"),
        (made.png(), {"media_name": "Bad Name"}, "小写"),
        (made.mp4(), {"media_captions_zh": (io.BytesIO(b"no"), "a.vtt")}, "WebVTT"),
    ],
)
@pytest.mark.one_database
def test_what_is_refused_says_why_and_keeps_the_text(
    study: Study, as_: AsPerson, content: bytes, changes: dict[str, Any], word: str
) -> None:
    answer = add(study, as_, content, **changes)
    assert answer.status_code == 422
    assert word in main_text(answer) or word in answer.get_data(as_text=True)
    if "Bad" not in str(changes):
        assert "未存的正文" in answer.get_data(as_text=True)
    assert not ids(study)


def test_a_lesson_shows_its_media_and_an_unknown_name_is_refused(study: Study, as_: AsPerson) -> None:
    furnish(study, as_)
    study.enrol("newcomer")
    page = as_(study.people["newcomer"]).get(f"/lessons/{study.lessons[0]}")
    html = page.get_data(as_text=True)
    number = ids(study)
    for part in (
        'alt="人体" width="4" height="3"',
        "<figcaption>图一</figcaption>",
        "playsinline",
        'srclang="zh"',
        "<summary>文字稿</summary><p>先听。</p><p>再说。</p>",
        f'/media/{number["list"]}/file" rel',
        "本课资料",
    ):
        assert part in html, part
    assert 'alt="Own words"' in as_(study.people["newcomer"], "en").get(f"/lessons/{study.lessons[0]}").get_data(
        as_text=True
    )
    assert len(page.data) < 60_000
    author = as_(study.people["instructor"])
    refused = author.post(f"/teaching/lessons/{study.lessons[0]}", data=fields(version="2", body_zh="![](figure:none)"))
    assert refused.status_code == 422
    assert "none" in main_text(refused)
    inside = author.post(
        f"/teaching/lessons/{study.lessons[0]}", data=fields(version="2", body_zh="a ![](figure:body)")
    )
    assert inside.status_code == 422
    shown = author.post(
        f"/teaching/lessons/{study.lessons[0]}", data=fields(version="2", body_zh=TEXT_ZH, do="preview")
    )
    assert f"/media/{number['body']}/file" in shown.get_data(as_text=True)


def test_a_replaced_picture_stays_in_the_version_that_shows_it(study: Study, as_: AsPerson) -> None:
    furnish(study, as_)
    study.enrol("newcomer")
    old = ids(study)["body"]
    assert add(study, as_, made.png(9, 9), "body").status_code == 200
    study.publish(0, body_zh=TEXT_ZH, body_en=TEXT_EN)
    new = ids(study)["body"]
    client = as_(study.people["newcomer"])
    html = client.get(f"/lessons/{study.lessons[0]}").get_data(as_text=True)
    assert f"/media/{old}/file" in html
    assert f"/media/{new}/file" not in html
    address = f"/lessons/{study.lessons[0]}/media"
    assert client.get(f"{address}/{old}/file").data == made.png()
    assert client.get(f"{address}/{new}/file").status_code == 404


def test_a_film_is_sent_by_ranges_and_a_paper_to_be_saved(study: Study, as_: AsPerson) -> None:
    furnish(study, as_)
    study.enrol("newcomer")
    client, number = as_(study.people["newcomer"]), ids(study)
    address = f"/lessons/{study.lessons[0]}/media"
    part = client.get(f"{address}/{number['talk']}/file", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.data, part.mimetype) == (206, b"ftyp", "video/mp4")
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(made.mp4())}"
    assert part.headers["Content-Disposition"].startswith("inline")
    assert part.headers["X-Content-Type-Options"] == "nosniff"
    assert set(part.headers["Cache-Control"].split(", ")) == {"private", "no-cache"}
    known = client.get(f"{address}/{number['talk']}/file", headers={"If-None-Match": part.headers["ETag"]})
    assert known.status_code == 304
    paper = client.get(f"{address}/{number['list']}/file")
    assert paper.headers["Content-Disposition"].startswith('attachment; filename="a.pdf"')
    assert client.get(f"{address}/{number['talk']}/zh").mimetype == "text/vtt"
    assert client.get(f"{address}/{number['talk']}/en").status_code == 404


def test_strangers_and_other_lessons_get_none(study: Study, as_: AsPerson) -> None:
    furnish(study, as_)
    study.enrol("newcomer")
    number = ids(study)["body"]
    first, second = study.lessons[:2]
    assert as_(study.people["newcomer"]).get(f"/lessons/{first}/media/{number}/file").status_code == 200
    assert as_(study.people["newcomer"]).get(f"/lessons/{second}/media/{number}/file").status_code == 404
    assert as_(study.people["trainee"]).get(f"/lessons/{first}/media/{number}/file").status_code == 404
    assert as_(study.people["stranger"]).get(f"/lessons/{first}/media/{number}/file").status_code == 404
    own = f"/teaching/courses/{study.course}/media/{number}/file"
    assert as_(study.people["colleague"]).get(own).status_code == 200
    assert as_(study.people["elsewhere"]).get(own).status_code == 404
    assert as_(study.people["newcomer"]).get(own).status_code == 403


def test_the_place_in_a_film_is_remembered_on_another_device(study: Study, as_: AsPerson) -> None:
    furnish(study, as_)
    study.enrol("newcomer")
    number = ids(study)["talk"]
    address = f"/lessons/{study.lessons[0]}/media/{number}/position"
    client = as_(study.people["newcomer"])
    for seconds in (61, 75):
        assert client.post(address, data={"seconds": seconds}).status_code == 204
    assert client.post(address, data={"seconds": "-1"}, headers={"Accept": "application/json"}).status_code == 422
    with counting(study.app, at_most=6):
        html = as_(study.people["newcomer"]).get(f"/lessons/{study.lessons[0]}").get_data(as_text=True)
    assert f"&#34;{number}&#34;: 75" in html


def test_a_body_as_large_as_a_film_is_read_from_authors_of_lessons_alone(app: Flask) -> None:
    from courses.media.forms import LARGEST_BODY

    answer = app.test_client().post("/teaching/lessons/1", data=b"x" * (3 << 20), content_type="multipart/form-data")
    assert answer.status_code in {302, 400, 413}
    assert LARGEST_BODY > 500 << 20
