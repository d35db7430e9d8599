"""Files that people send: what is taken, what is refused with a sentence, where they lie, and how they are checked."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests import media_files as made
from training.core import clock, file_types, storage
from training.core.db import db, reading, transaction
from training.core.errors import Invalid
from training.core.storage import StoredFile

ALL = tuple(file_types.FAMILIES)
TAKEN = {
    "image/png": made.png(),
    "video/mp4": made.mp4(),
    "audio/mp4": made.mp4(b"soun", b"M4A "),
    "video/webm": made.webm(),
    "audio/webm": made.webm(b"A_OPUS"),
    "audio/mpeg": made.mp3(),
    "audio/ogg": made.OGG,
    "text/vtt": made.VTT,
    "application/pdf": made.PDF,
    f"{made.OFFICE}wordprocessingml.document": made.office(),
    f"{made.OFFICE}spreadsheetml.sheet": made.office(f"{made.OFFICE}spreadsheetml.sheet.main+xml"),
}
REFUSED = {
    "a page as a film": (b"<!DOCTYPE html><html><video src=x></html>", "网页"),
    "nothing": (b"", "空的"),
    "a drawing with a program": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "SVG"),
    "a drawing after a declaration": (b'<?xml version="1.0"?>\n<svg></svg>', "SVG"),
    "a moving picture": (b"GIF89a" + b"\x00" * 20, "GIF"),
    "a film cut off": (made.mp4(content=b"\x00" * 900)[:-500], "不完整"),
    "a film that only begins": (made.mp4()[:20], "不完整"),
    "a film without a track": (made.mp4(b"text"), "画面"),
    "QuickTime": (made.mp4(brand=b"qt  "), "QuickTime"),
    "WebM cut off": (made.webm()[:-3], "不完整"),
    "a picture cut off": (made.png(60, 60)[:-20], "不完整"),
    "a picture of a wall": (made.png(9000, 1), "9000"),
    "a tag without sound": (b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"text" * 9, "不完整"),
    "macros": (made.office(extra="word/vbaProject.bin"), "宏"),
    "macros by type": (made.office("application/vnd.ms-word.document.macroEnabled.main+xml"), "宏"),
    "a packed folder": (made.office("text/plain"), "DOCX"),
    "SRT": (b"1\n00:00:01,000 --> 00:00:02,000\nhello\n", "SRT"),
    "captions in another coding": ("WEBVTT\n\n00:00.000 --> 00:01.000\n先听".encode("gb18030"), "UTF-8"),
    "a programme": (b"MZ" + b"\x00" * 80, "PNG"),
    "a paper cut off": (made.PDF[:20], "不完整"),
}


@pytest.fixture
def at_home(app: Flask) -> Iterator[Flask]:
    with app.test_request_context():
        yield app


@pytest.mark.one_database
@pytest.mark.parametrize("media_type", TAKEN)
def test_a_file_is_what_stands_in_it(at_home: Flask, media_type: str) -> None:
    kept = storage.keep(TAKEN[media_type], "C:\\old\\anything.exe", families=ALL)
    assert kept.type.media_type == media_type
    assert kept.name == "anything" + file_types.ENDINGS[media_type]
    assert storage.path_of(kept.sha256).read_bytes() == TAKEN[media_type]


@pytest.mark.one_database
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_none_is_refused_with_a_sentence_and_leaves_nothing(at_home: Flask, name: str) -> None:
    content, word = REFUSED[name]
    with pytest.raises(Invalid) as refusal:
        storage.keep(content, "lecture.mp4", families=ALL)
    assert word in str(refusal.value.message)
    assert not [one for one in storage.folder().rglob("*") if one.is_file()]


@pytest.mark.one_database
def test_a_film_does_not_pass_for_a_picture_and_size_is_bounded(
    at_home: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Invalid, match="视频"):
        storage.keep(made.mp4(), "a.png", families=("image",))
    monkeypatch.setitem(file_types.LARGEST, "image", 100)
    with pytest.raises(Invalid, match="0 MB"):
        storage.keep(made.png(300, 300), "a.png", families=("image", "video"))
    with pytest.raises(Invalid):
        storage.keep(io.BytesIO(b"x" * 101), "a.png", families=("image",))


def test_the_same_content_is_kept_once_and_the_row_comes_after_the_file(app: Flask) -> None:
    with app.app_context():
        first, second = (storage.keep(made.png(), name, families=ALL) for name in ("a.png", "b.png"))
        assert first.sha256 == second.sha256
        for _turn in range(2):
            with transaction():
                row = storage.record(first)
                assert (row.size, row.media_type, row.width, row.height) == (len(made.png()), "image/png", 4, 3)
        with reading():
            assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1
        assert not list((storage.folder() / "incoming").iterdir())


def test_the_check_finds_what_is_missing_damaged_or_nobodys(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    with app.app_context():
        kept = [storage.keep(made.png(shade=shade), "a.png", families=ALL) for shade in (1, 2, 3, 4)]
        with transaction():
            for one in kept[:3]:
                storage.record(one)
        paths = [storage.path_of(one.sha256) for one in kept]
        old = clock.now().timestamp() - 2 * 86400
    assert json.loads(run(args=["storage", "check", "--json"]).output)["orphans"] == []  # too young to be nobody's
    os.utime(paths[3], (old, old))
    told = run(args=["storage", "check", "--contents", "--json"])
    assert told.exit_code == 0
    assert len(json.loads(told.output)["orphans"]) == 1
    paths[0].unlink()
    _flip(paths[1])
    told = run(args=["storage", "check", "--contents", "--remove-orphans", "--json"])
    found = json.loads(told.output)
    assert told.exit_code == 1
    assert found["missing"] == [kept[0].sha256]
    assert found["damaged"] == [kept[1].sha256]
    assert found["removed"] == 1
    assert not paths[3].exists()
    assert paths[2].exists()
    assert "1 missing, 1 damaged, 0 orphans" in run(args=["storage", "check", "--contents"]).output


def _flip(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


HEADS = [data[:12] for data in TAKEN.values()]


@pytest.mark.one_database
@given(st.sampled_from(HEADS), st.integers(0, 12), st.binary(max_size=300))
def test_whatever_follows_the_head_of_a_kind_is_taken_or_refused_and_never_fails(
    head: bytes, kept: int, rest: bytes
) -> None:
    with contextlib.suppress(Invalid):
        assert file_types.detect_bytes(head[:kept] + rest).family in file_types.FAMILIES


@pytest.mark.one_database
def test_boxes_within_boxes_without_end_are_not_followed(app: Flask) -> None:
    size = 20_000
    trak = b"".join((size - place).to_bytes(4, "big") + b"trak" for place in range(0, size, 8))
    data = b"\0\0\0\x10ftypisom\0\0\0\0" + (len(trak) + 8).to_bytes(4, "big") + b"moov" + trak
    with app.test_request_context(), pytest.raises(Invalid):
        file_types.detect_bytes(data + b"\0\0\0\x08mdat")
