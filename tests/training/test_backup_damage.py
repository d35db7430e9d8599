"""Files that are no sound backup: damaged, cut off, foreign, of the future, made to do harm. None changes anything."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from flask import Flask

from tests.training.test_backup import KEPT, archive, empty, rows, run
from training.core import backup
from training.core.archive import SEAL, Damaged, Reader, TooNew, seal

__all__ = ["archive", "empty"]
pytestmark = [pytest.mark.world, pytest.mark.one_database]
Parts = dict[str, bytes]


def _assert_refused(empty: Flask, path: Path, words: str) -> None:
    result = run(empty, "restore", path)
    assert result.exit_code == 1, result.output
    assert words in result.output
    assert result.output.startswith("Error: ")
    data: Path = empty.extensions["anning_settings"].data_dir
    assert not list(data.glob("files*"))
    assert not [one for one in data.parent.rglob("*") if one.name == "evil"]
    with empty.app_context():
        from tests.migrations import databases

        held = {name for name, count in databases.rows().items() if count}
    assert held <= {"credit_class"}


def _rebuilt(path: Path, change: Callable[[Parts, dict[str, Any]], None], *, honest: bool = True) -> Path:
    """The archive with other contents, sealed again; its manifest tells the new sums when it is honest."""
    with ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    change(parts, manifest)
    for told in (*manifest["tables"], *manifest["files"]) if honest else ():
        content = parts[told["name"]]
        told |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    target = path.with_name("rebuilt.zip")
    with target.open("w+b") as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as new:
            for name, content in parts.items():
                new.writestr(name, content, ZIP_STORED if name.startswith("files/") else ZIP_DEFLATED)
            new.writestr("manifest.json", json.dumps(manifest))
            new.comment = SEAL + b"0" * 64
        seal(file)
    return target


def test_the_archive_rebuilt_without_a_change_is_sound(archive: Path, app: Flask, empty: Flask) -> None:
    assert run(empty, "restore", _rebuilt(archive, lambda parts, told: None)).exit_code == 0
    assert rows(empty) == rows(app)


def test_any_other_byte_is_noticed(archive: Path, empty: Flask, tmp_path: Path) -> None:
    whole, chance = archive.read_bytes(), random.Random(7)
    places = {0, 3, 4, len(whole) - 1, len(whole) - 64, len(whole) - 71, *chance.sample(range(len(whole)), 60)}
    other = tmp_path / "other.zip"
    with empty.app_context():
        for place in sorted(places):
            changed = bytearray(whole)
            changed[place] ^= 1 << chance.randrange(8)
            other.write_bytes(changed)
            with other.open("rb") as file, pytest.raises(Damaged):
                Reader(file)
    _assert_refused(empty, other, "Take another copy")


def test_a_byte_changed_by_who_can_seal_is_noticed_or_harmless(archive: Path, app: Flask, tmp_path: Path) -> None:
    """Below the seal every member has its own sum: what still reads is what was written."""
    whole, chance = archive.read_bytes(), random.Random(11)
    other, refused = tmp_path / "other.zip", 0
    with archive.open("rb") as file:
        sound = Reader(file).manifest
    end_of_archive = range(len(whole) - 20_000, len(whole) - 71)
    places = [*chance.sample(range(len(whole) - 71), 60), *chance.sample(end_of_archive, 90)]
    with app.app_context():
        for place in places:
            changed = bytearray(whole)
            changed[place] ^= 1 << chance.randrange(8)
            with other.open("w+b") as file:
                file.write(changed)
                seal(file)
                try:
                    reader = Reader(file)
                    backup.check(reader)
                except (Damaged, TooNew):
                    refused += 1
                    continue
                assert (reader.manifest.tables, reader.manifest.files) == (sound.tables, sound.files), place
    assert refused > len(places) // 2


@pytest.mark.parametrize("left", [0, 3, 70, 71, 5_000, -1, -70, -64])
def test_a_file_that_is_cut_off_is_refused(archive: Path, empty: Flask, tmp_path: Path, left: int) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:left])
    _assert_refused(empty, cut, "")


def test_foreign_files_are_refused(empty: Flask, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.zip"
    foreign.write_bytes("姓名,手机号\n".encode() * 99)
    _assert_refused(empty, foreign, "no backup of Anning")
    with ZipFile(foreign, "w") as other:
        other.writestr("manifest.json", "{}")
    _assert_refused(empty, foreign, "no backup of Anning")
    with foreign.open("w+b") as file:
        with ZipFile(file, "w") as other:
            other.writestr("manifest.json", "{}")
            other.comment = SEAL + b"0" * 64
        seal(file)
    _assert_refused(empty, foreign, "cannot be read")


def test_future_formats_and_other_schemas_are_refused_with_advice(archive: Path, empty: Flask) -> None:
    def future(parts: Parts, told: dict[str, Any]) -> None:
        told["format"] = 2

    def older(parts: Parts, told: dict[str, Any]) -> None:
        told["heads"]["training"] = "training_001"

    def newer(parts: Parts, told: dict[str, Any]) -> None:
        told["heads"]["training"] = "training_999"

    _assert_refused(empty, _rebuilt(archive, future), "format 2")
    _assert_refused(empty, _rebuilt(archive, older), "Restore it with the version of Anning that made it")
    _assert_refused(empty, _rebuilt(archive, newer), "newer version")


@pytest.mark.parametrize("name", ["files/../../evil", "/evil", "files/aa/../evil", "tables/../evil.jsonl", "evil"])
@pytest.mark.parametrize("told_of", [True, False])
def test_hostile_names_are_refused(archive: Path, empty: Flask, name: str, told_of: bool) -> None:
    def change(parts: Parts, told: dict[str, Any]) -> None:
        parts[name] = b"harm"
        if told_of:
            told["files"].append({"name": name, "rows": 0})

    _assert_refused(empty, _rebuilt(archive, change), "")


def test_what_unfolds_too_far_is_refused_unread(archive: Path, empty: Flask) -> None:
    def change(parts: Parts, told: dict[str, Any]) -> None:
        parts["tables/throttle.jsonl"] += b" " * (200 << 20)

    _assert_refused(empty, _rebuilt(archive, change), "unfold")


def _person(parts: Parts, change: Callable[[list[Any]], None]) -> None:
    head, first, *others = parts["tables/person.jsonl"].splitlines()
    row = json.loads(first)
    change(row)
    parts["tables/person.jsonl"] = b"\n".join([head, json.dumps(row).encode(), *others]) + b"\n"


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, "one", "row 1: int expected"),
        (0, None, "row 1: id is empty"),
        (0, 2**70, "larger than"),
        (6, "wizard", "row 1"),
        (12, "2026-01-01T00:00:00", "no time zone"),
        (7, 987654, "do not fit together"),
        (1, "[" * 99_000, ""),
    ],
)
def test_rows_that_cannot_stand_are_refused(archive: Path, empty: Flask, place: int, value: Any, words: str) -> None:
    def change(parts: Parts, told: dict[str, Any]) -> None:
        if value == "[" * 99_000:
            parts["tables/person.jsonl"] = parts["tables/person.jsonl"].replace(b"\n[", b"\n" + value.encode(), 1)
        _person(parts, lambda row: row.__setitem__(place, value)) if words else None

    _assert_refused(empty, _rebuilt(archive, change), words)


def test_a_manifest_that_lies_is_refused(archive: Path, empty: Flask) -> None:
    def sum_of_file(parts: Parts, told: dict[str, Any]) -> None:
        parts[f"files/{KEPT}"] = b"another p"

    def rows_left_out(parts: Parts, told: dict[str, Any]) -> None:
        lines = parts["tables/audit_line.jsonl"].splitlines(keepends=True)
        parts["tables/audit_line.jsonl"] = b"".join(lines[:-1])

    def table_left_out(parts: Parts, told: dict[str, Any]) -> None:
        del parts["tables/audit_line.jsonl"]
        told["tables"] = [one for one in told["tables"] if one["name"] != "tables/audit_line.jsonl"]

    _assert_refused(empty, _rebuilt(archive, sum_of_file, honest=False), "does not agree")
    _assert_refused(empty, _rebuilt(archive, rows_left_out), "rows instead of")
    _assert_refused(empty, _rebuilt(archive, table_left_out), "other tables")
