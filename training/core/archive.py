"""The file that a backup is: a ZIP archive with a manifest, a member of rows for each table, and the stored files.

Nothing in it is believed before it is checked. A seal at the very end (the archive's comment) is the sum of every byte
before it; the manifest names each member with size and sum, and no other member may be there. Members are read piece
by piece and never beyond the size that was told; nothing in the archive says where on the disk anything is to go except
the names of stored files, which are hashes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from training.core.errors import Conflict, Invalid

KIND = "anning-backup"
FORMAT = 1
MANIFEST = "manifest.json"
PIECE = 256 * 1024
LARGEST_MANIFEST = 64 << 20
LONGEST_LINE = 256 << 20
UNSUSPICIOUS = 64 << 20
MOST_UNFOLDED = 200
"""Times the size of the archive that its rows may have; rows with ids, times and sums fold up 5 to 20 times."""
SEAL = b"sha256:"
STORED_NAME = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{62}")
TABLE_NAME = re.compile(r"tables/[a-z][a-z0-9_]{0,62}\.jsonl")
UNREADABLE = (
    BadZipFile, zlib.error, struct.error, EOFError, KeyError, ValueError, TypeError, AttributeError, OverflowError,
    RuntimeError,
)  # fmt: skip
SUM = re.compile(r"[0-9a-f]{64}")


class Damaged(Invalid):
    """The file is no backup, or not what it was when it was made."""


class TooNew(Conflict):
    """The archive is written in a format that this version cannot read."""


@dataclass(frozen=True)
class Member:
    """One member of the archive; `rows` is 0 for a stored file."""

    name: str
    bytes: int
    sha256: str
    rows: int = 0

    @property
    def table(self) -> str:
        """The table whose rows it holds."""
        return self.name.removeprefix("tables/").removesuffix(".jsonl")


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself."""

    made_at: str
    database: str
    heads: dict[str, str]
    tables: tuple[Member, ...]
    files: tuple[Member, ...]

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(one.rows for one in self.tables)


class Writer:
    """Writes an archive into a file that is open for writing and reading; use it in a `with` block."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._zip = ZipFile(file, "w")
        self._tables: list[Member] = []
        self._files: list[Member] = []

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: object, *_error: object) -> None:
        """After a failure nothing more is written: the file is given up."""
        if kind is not None:
            self._zip.fp = None

    def add_table(self, name: str, columns: Sequence[str], lines: Iterable[str]) -> None:
        """Write the head and the rows of a table as they come."""
        member, digest, size, rows = f"tables/{name}.jsonl", hashlib.sha256(), 0, 0
        head = json.dumps({"table": name, "columns": list(columns)})
        with self._zip.open(_entry(member, ZIP_DEFLATED), "w", force_zip64=True) as target:
            for rows, line in enumerate(_with_head(head, lines)):  # noqa: B007 - the head is line 0
                piece = line.encode() + b"\n"
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        self._tables.append(Member(member, size, digest.hexdigest(), rows))

    def add_file(self, name: str, source: IO[bytes]) -> None:
        """Copy a stored file."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(_entry(name, ZIP_STORED), "w", force_zip64=True) as target:
            while piece := source.read(PIECE):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        self._files.append(Member(name, size, digest.hexdigest()))

    def finish(self, *, made_at: str, database: str, heads: dict[str, str]) -> Manifest:
        """Write the manifest and the seal, down to the disk."""
        manifest = Manifest(made_at, database, heads, tuple(self._tables), tuple(self._files))
        text = json.dumps({"kind": KIND, "format": FORMAT, **asdict(manifest)}, indent=1)
        self._zip.writestr(_entry(MANIFEST, ZIP_DEFLATED), text)
        self._zip.comment = SEAL + b"0" * 64
        self._zip.close()
        seal(self._file)
        self._file.flush()
        os.fsync(self._file.fileno())
        return manifest


def _with_head(head: str, lines: Iterable[str]) -> Iterator[str]:
    yield head
    yield from lines


def _entry(name: str, compress_type: int) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = compress_type
    entry.external_attr = 0o600 << 16
    return entry


def seal(file: IO[bytes]) -> None:
    """Put the sum of everything before it at the end of an archive whose comment waits for it."""
    digest = _sum_before_seal(file)
    file.seek(-64, os.SEEK_END)
    file.write(digest.encode())


def _sum_before_seal(file: IO[bytes]) -> str:
    left = file.seek(0, os.SEEK_END) - 64
    file.seek(0)
    digest = hashlib.sha256()
    while left and (piece := file.read(min(PIECE, left))):
        digest.update(piece)
        left -= len(piece)
    return digest.hexdigest()


class Reader:
    """Reads an archive after looking at its seal, manifest and bounds. Raises `Damaged` or `TooNew` with a sentence."""

    def __init__(self, file: IO[bytes]) -> None:
        _require_seal(file)
        with _told_plainly():
            self._zip = ZipFile(file)
            self.manifest = _manifest(self._zip)
        _require_bounds(self._zip, self.manifest, file.seek(0, os.SEEK_END))

    def pieces(self, member: Member) -> Iterator[bytes]:
        """The content piece by piece; its sum is checked at its end."""
        digest, size = hashlib.sha256(), 0
        with _told_plainly(), self._zip.open(member.name) as source:
            while piece := source.read(PIECE):
                digest.update(piece)
                size += len(piece)
                yield piece
        _require_sum(member, digest.hexdigest(), size)

    def rows(self, member: Member, columns: Sequence[str]) -> Iterator[Any]:
        """The rows below a head with those columns, one after the other; sum and number are checked at the end."""
        digest, size, rows = hashlib.sha256(), 0, -1
        with _told_plainly(), self._zip.open(member.name) as source:
            while line := source.readline(LONGEST_LINE):
                digest.update(line)
                size += len(line)
                rows += 1
                if rows:
                    yield json.loads(line)
                elif json.loads(line) != {"table": member.table, "columns": list(columns)}:
                    raise ValueError(f"{member.table} has other columns")
        _require_sum(member, digest.hexdigest(), size)
        if rows != member.rows:
            raise Damaged(f"The backup is damaged: {member.name} has {rows} rows instead of {member.rows}.")


def _require_seal(file: IO[bytes]) -> None:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if file.read(4) != b"PK\x03\x04":
        raise Damaged("The file is no backup of Anning. Give one that `anning backup` has made.")
    file.seek(max(size - 71, 0))
    told = file.read(71)
    if not told.startswith(SEAL) or not SUM.fullmatch(told[7:].decode("ascii", "replace")):
        raise Damaged("The file is cut off, or no backup of Anning: its end is missing. Take another copy of it.")
    if told[7:].decode() != _sum_before_seal(file):
        raise Damaged("The backup is damaged: it is not what it was when it was made. Take another copy of it.")


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Whatever goes wrong while hostile bytes are taken apart is one refusal."""
    try:
        yield
    except UNREADABLE as error:
        raise Damaged(f"The backup cannot be read: {str(error)[:200]}. Take another copy of it.") from error


def _manifest(archive: ZipFile) -> Manifest:
    entry = archive.getinfo(MANIFEST)
    if entry.file_size > LARGEST_MANIFEST:
        raise ValueError("its manifest is too large")
    with archive.open(entry) as source:
        told = json.loads(source.read(LARGEST_MANIFEST))
    if told["kind"] != KIND or type(told["format"]) is not int:
        raise ValueError("its manifest is not one of Anning's")
    if told["format"] != FORMAT:
        raise TooNew(
            f"The backup has format {told['format']}; this version of Anning reads format {FORMAT}. "
            "Restore it with the version that made it."
        )
    heads = {str(name): str(revision) for name, revision in told["heads"].items()}
    tables = tuple(_member(one, TABLE_NAME) for one in told["tables"])
    files = tuple(_member(one, STORED_NAME) for one in told["files"])
    return Manifest(str(told["made_at"])[:40], str(told["database"])[:20], heads, tables, files)


def _member(told: dict[str, Any], pattern: re.Pattern[str]) -> Member:
    member = Member(**told)
    sound = pattern.fullmatch(member.name) and SUM.fullmatch(member.sha256)
    if not sound or type(member.bytes) is not int or type(member.rows) is not int:
        raise ValueError("its manifest names a member that Anning does not write")
    return member


def _require_bounds(archive: ZipFile, manifest: Manifest, size: int) -> None:
    entries = archive.infolist()
    told = [*manifest.tables, *manifest.files]
    sizes = {one.name: one.bytes for one in told}
    present = {one.filename: one.file_size for one in entries if one.filename != MANIFEST}
    if len(entries) != len(told) + 1 or len(sizes) != len(told) or present != sizes:
        raise Damaged("The backup is damaged: what is in it is not what its manifest says. Take another copy of it.")
    ways = {one.filename: ZIP_STORED for one in entries if one.filename.startswith("files/")}
    if any(one.flag_bits & 1 or one.compress_type != ways.get(one.filename, ZIP_DEFLATED) for one in entries):
        raise Damaged("The backup is packed in a way in which Anning does not pack. Take one that Anning has made.")
    folded, unfolded = sum(one.compress_size for one in entries), sum(one.file_size for one in entries)
    if folded > size or unfolded > max(UNSUSPICIOUS, MOST_UNFOLDED * size):
        raise Damaged(f"The backup would unfold to {unfolded} bytes, more than Anning packs into {size}. Refused.")


def _require_sum(member: Member, sha256: str, size: int) -> None:
    if (sha256, size) != (member.sha256, member.bytes):
        raise Damaged(f"The backup is damaged: the sum of {member.name} does not agree. Take another copy of it.")


def stored_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The stored files below a data folder with their names in an archive; nothing else that lies there."""
    for path in sorted((folder / "files").glob("*/*")):
        name = path.relative_to(folder).as_posix()
        if STORED_NAME.fullmatch(name) and path.is_file() and not path.is_symlink():
            yield name, path
