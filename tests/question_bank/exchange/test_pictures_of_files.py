"""Pictures in files of other systems: they come in when the import is confirmed, go out again, and never lie."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from question_bank.exchange import formats, gift_writer, moodle_xml, moodle_xml_writer, sheet_writer
from question_bank.exchange.parsed import Exported
from question_bank.imports import exporting, tasks
from question_bank.imports.models import ImportLine
from question_bank.models import Item, ItemVersion
from question_bank.pictures.models import ItemPicture
from tests import media_files as made
from tests.client import CheckingClient
from tests.question_bank.bodies import SOUND
from tests.question_bank.conftest import Bench
from tests.question_bank.test_imports import confirm, opened, send
from training.core import file_types, storage
from training.core.db import db
from training.core.storage import StoredFile

As = Callable[..., CheckingClient]
PUMP, DIAL = made.png(40, 30, shade=31), made.png(30, 40, shade=32)


def file(name: str, data: bytes) -> str:
    return f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(data).decode()}</file>'


def shows(*names: str) -> str:
    images = "".join(f'&lt;img src="@@PLUGINFILE@@/{name}" alt="seen {name}"&gt;' for name in names)
    return f"<text>Look&lt;br&gt;{images}</text>"


def question(stem: str, code: str = "PX-1", option: str = "<text>a</text>") -> str:
    options = f'<answer fraction="100" format="html">{option}</answer>' + "".join(
        f'<answer fraction="0"><text>{one}</text></answer>' for one in "bcd"
    )
    return (
        f'<question type="multichoice"><name><text>{code}</text></name><idnumber>{code}</idnumber>'
        f'<questiontext format="html">{stem}</questiontext>{options}</question>'
    )


def quiz(*questions: str) -> bytes:
    return f"<quiz>{''.join(questions)}</quiz>".encode()


WITH_PICTURES = quiz(
    question(shows("pump.png") + file("pump.png", PUMP), option=shows("dial.png") + file("dial.png", DIAL)),
    question(shows("pump.png") + file("pump.png", DIAL), code="PX-2"),
)


@pytest.mark.world
def test_pictures_wait_with_their_file_and_come_in_when_it_is_confirmed(bench: Bench, as_: As) -> None:
    instructor = as_(bench.people["instructor.jn"], "en")
    before = _count(bench, StoredFile)
    assert send(instructor, WITH_PICTURES, "bank.xml").status_code == 302
    assert _count(bench, StoredFile) == before, "nothing is written before the word"
    number = opened(bench).id
    assert instructor.get(f"/items/imports/{number}").status_code == 200
    confirm(bench, instructor)
    assert _count(bench, StoredFile) == before + 2
    first, second = (_body(bench, code) for code in ("PX-1", "PX-2"))
    assert [one["file"] for one in first["pictures"]] == [_hash(PUMP), _hash(DIAL)]
    assert [one["file"] for one in second["pictures"]] == [_hash(DIAL)], "one name in two items is two pictures"
    for content in (PUMP, DIAL):
        assert instructor.get(f"/items/pictures/{_hash(content)}").data == content
        assert as_(bench.people["instructor.qd"]).get(f"/items/pictures/{_hash(content)}").status_code == 404
    with bench.app.app_context():
        tasks.work(number)
    assert _count(bench, ItemPicture, ItemPicture.file_id.in_(_ids(bench))) == 3
    send(instructor, WITH_PICTURES, "bank.xml")
    with bench.looking():
        there = select(ImportLine.outcome).where(ImportLine.import_id == opened(bench).id)
        assert {one.value for one in db.session.scalars(there)} == {"there"}


@pytest.mark.world
def test_a_photograph_comes_in_without_the_place_where_it_was_taken(bench: Bench, as_: As) -> None:
    photograph = made.photograph()
    instructor = as_(bench.people["instructor.jn"], "en")
    send(instructor, quiz(question(shows("pump.jpg") + file("pump.jpg", photograph))), "bank.xml")
    confirm(bench, instructor)
    (picture,) = _body(bench, "PX-1")["pictures"]
    assert picture["file"] == _hash(file_types.without_notes(photograph))
    shown = instructor.get(f"/items/pictures/{picture['file']}")
    assert shown.status_code == 200
    assert not any(secret in shown.data for secret in made.SECRETS)


@pytest.mark.world
def test_a_dropped_import_leaves_no_picture(bench: Bench, as_: As) -> None:
    instructor = as_(bench.people["instructor.jn"], "en")
    send(instructor, WITH_PICTURES, "bank.xml")
    number = opened(bench).id
    assert instructor.post(f"/items/imports/{number}/drop").status_code == 302
    assert opened(bench).data is None
    with bench.app.app_context():
        assert not storage.path_of(_hash(PUMP)).exists()


@pytest.mark.world
def test_a_bank_with_pictures_goes_out_and_comes_back_the_same(bench: Bench, as_: As, tmp_path: Path) -> None:
    instructor = as_(bench.people["instructor.jn"], "en")
    send(instructor, WITH_PICTURES, "bank.xml")
    confirm(bench, instructor)
    with bench.looking():
        items = [one for one in exporting.items_of(None) if one.code.startswith("PX-")]
    data, reports = moodle_xml_writer.write(items)
    assert [one.status for one in reports] == ["whole", "whole"]
    again = moodle_xml.read(data)
    for item, exported in zip(again, items, strict=True):
        assert item.media == exported.media
        assert {**item.body, "explanation": None} == {**exported.body, "explanation": None}
    for writer in (gift_writer, sheet_writer):
        _data, told = writer.write(items)
        assert all("ictures" in " ".join(loss.message for loss in one.losses) for one in told)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>no picture</html>", "web page"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "SVG"),
        (made.PDF, "no picture"),
        (made.mp4(), "no picture"),
        (made.png()[:-20], "cut off"),
        (made.png(9000, 1), "9000"),
        (made.png() + b"0" * file_types.LARGEST["image"], "too large"),
    ],
)
def test_a_file_that_lies_or_is_too_large_is_left_out_by_name(content: bytes, words: str) -> None:
    (item,) = moodle_xml.read(quiz(question(shows("pump.png") + file("pump.png", content))), "en")
    assert not item.media
    assert "pictures" not in item.body
    told = next(loss.message for loss in item.losses if "pump.png" in loss.message)
    assert words in told.replace(",", "")
    assert "seen pump.png" in item.body["stem"]["en"], "its words stay"


def test_more_pictures_than_an_item_takes_are_named() -> None:
    names = [f"p{number}.png" for number in range(10)]
    files = "".join(file(name, made.png(shade=number)) for number, name in enumerate(names))
    (item,) = moodle_xml.read(quiz(question(shows(*names) + files)), "en")
    assert len(item.media) == 8
    assert sum("at most 8 pictures" in loss.message for loss in item.losses) == 2


def test_a_picture_that_no_text_shows_is_a_named_loss() -> None:
    body = {**SOUND["A1"][0], "pictures": [{"name": "a.png", "file": _hash(PUMP), "alt": {}}]}
    _data, (report,) = moodle_xml_writer.write([Exported("P-1", "A1", body, media={"a.png": PUMP})])
    assert any("a.png" in loss.message for loss in report.losses)


@given(st.binary(max_size=200), st.sampled_from(["a.png", "../a", "a]b.png", "图 1.png", ""]))
def test_no_embedded_bytes_and_no_name_make_reading_fail(content: bytes, name: str) -> None:
    items = moodle_xml.read(quiz(question(shows(name) + file(name, content))), "en")
    assert len(items) == 1
    data, _reports = moodle_xml_writer.write(
        [Exported("P", items[0].type, items[0].body, media=items[0].media)] if items[0].type else []
    )
    assert formats.told_by(data, "x.xml") == "moodle-xml"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _count(bench: Bench, model: Any, *conditions: Any) -> int:
    with bench.looking():
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def _ids(bench: Bench) -> list[int]:
    with bench.looking():
        wanted = StoredFile.sha256.in_([_hash(PUMP), _hash(DIAL)])
        return list(db.session.scalars(select(StoredFile.id).where(wanted)))


def _body(bench: Bench, code: str) -> dict[str, Any]:
    with bench.looking():
        statement = select(ItemVersion.body).join(Item, Item.id == ItemVersion.item_id).where(Item.code == code)
        body: dict[str, Any] = db.session.scalars(statement).one()
        return body
