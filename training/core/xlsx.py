"""Opening an XLSX that anybody may have sent: looked through in its zip, freed of blank cells, and only then read.

What is handed to the reader is written anew from what was looked through, so that nothing reaches it unseen. Blank
formatted cells are cut out of the XML while it streams by, and the rows that are left move together: the reader keeps
a full rectangle, and a stray full stop in the last row of a sheet would make it keep a million rows.
"""

from __future__ import annotations

import io
import re
import time
import zipfile
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import IO, Any

from flask_babel import gettext as _

from training.core.errors import Invalid

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MOST_MEMBERS = 2_000
LARGEST_UNZIPPED = 512 * 1024 * 1024
LARGEST_PART = 48 * 1024 * 1024  # of one part, once its blank cells are gone
LARGEST_RATIO = 400  # a million rows of blank cells are packed about 150 to 1
RATIO_MATTERS_FROM = 16 * 1024 * 1024
CHUNK = 1 << 20
PATIENCE = 20.0  # seconds of CPU for all parts; a million blank rows take about three

NS = rb"(?:[A-Za-z_][\w.-]{0,40}:)?"
TO_PLACE = rb'(?:\s[^<>]{0,200}?)?\sr="'  # bounded, so that no tag makes the search slow
PLAIN_BLANK_ROWS = re.compile(  # as Excel and WPS write them: most of a large file, so found the quickest way
    rb'(?:<row r="[0-9]++"[^<>/]*+(?:/>|>(?:<c r="[A-Z]++[0-9]++"[^<>/]*+/>)*+</row>))++'
)
BLANK_CELL = re.compile(
    rb"<" + NS + rb"c" + TO_PLACE + rb"[^<>]{0,200}?(?:/>|>(?:<" + NS + rb"f[^<>]*(?:/>|>[^<>]*</" + NS + rb"f>))?"
    rb"(?:<" + NS + rb"v\s*/>|<" + NS + rb"v></" + NS + rb"v>)?</" + NS + rb"c>)"
)
BLANK_ROW = re.compile(rb"<" + NS + rb"row" + TO_PLACE + rb"[^<>]{0,200}?(?:/>|>\s*</" + NS + rb"row>)")
DIMENSION = re.compile(rb"<" + NS + rb"dimension\b[^<>]*?(?:/>|>\s*</" + NS + rb"dimension>)")
FIRST_ROW = re.compile(rb"<(" + NS + rb")sheetData(?:\s[^<>]*)?(?<!/)>")
ANY_PLACE = re.compile(rb"<" + NS + rb"(?:row|c)(?=[\s/>])")
PLACE = re.compile(rb"(<" + NS + rb"(?:row|c)" + TO_PLACE + rb')([A-Z]{0,3})([0-9]{1,7})(?=")')
MERGED = re.compile(rb"<" + NS + rb'mergeCell\s[^<>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')


@dataclass
class Compacted:
    """A sheet's XML whose rows stand together, the number each has in the sheet, and the merged ranges."""

    xml: bytes
    numbers: list[int]
    merged: list[tuple[int, int, int, int]]


@dataclass(frozen=True)
class Grid:
    """A sheet as the reader gives it: the number of each row in the sheet, and its values."""

    name: str
    rows: list[tuple[int, list[Any]]]


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip does."""
    return data.startswith(b"PK\x03\x04")


def grids(data: bytes, most_rows: int, most_columns: int) -> list[Grid]:
    """The sheets of a workbook that hold anything; raises `Invalid` for whatever is none."""
    try:
        parts = _parts(data)
    except Invalid:
        raise
    except Exception as error:  # what a zip of somebody's own making does to its reader is not foreseen
        raise _damaged() from error
    compacted: list[Compacted] = []
    for name, content in parts.items():
        if b"sheetData" in content:
            compacted.append(_compact(content, len(compacted), most_rows, most_columns))
            parts[name] = compacted[-1].xml
    return _read(parts, compacted)


def _damaged() -> Invalid:
    return Invalid(
        _("This file is damaged or is no workbook. Open it in Excel or WPS, save it as .xlsx and upload it again.")
    )


def _parts(data: bytes) -> dict[str, bytes]:
    """The XML of a workbook by name, without blank cells; pictures and the like are left behind."""
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = packed.infolist()
        _look_through(members, len(data))
        end = time.thread_time() + PATIENCE
        for member in members:
            if member.filename.lower().endswith((".xml", ".rels")) and member.filename not in parts:
                with packed.open(member) as stream:
                    parts[member.filename] = _lean(stream, end)
    for content in parts.values():
        if b"\x00" in content or b"\x1b" in content:
            raise _damaged()
    return parts


def _look_through(members: list[zipfile.ZipInfo], packed_size: int) -> None:
    """Refuse by the zip's own list, before anything is unpacked."""
    names = {member.filename.lower() for member in members}
    if any(member.flag_bits & 1 for member in members):
        raise protected()
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Invalid(_("This workbook carries macros. Save it as .xlsx without macros and upload it again."))
    if "xl/workbook.xml" not in names:
        raise Invalid(_("This is a zip file but no .xlsx workbook. Save the list as .xlsx or CSV and upload it again."))
    unzipped = sum(member.file_size for member in members)
    too_dense = unzipped > RATIO_MATTERS_FROM and unzipped > packed_size * LARGEST_RATIO
    if len(members) > MOST_MEMBERS or unzipped > LARGEST_UNZIPPED or too_dense:
        raise Invalid(
            _("Unpacked, this workbook is far too large. Copy the list into a new, empty workbook and upload that.")
        )


def protected() -> Invalid:
    """The refusal of a file behind a password."""
    return Invalid(_("This workbook is protected by a password. Remove the password, save it and upload it again."))


def _lean(stream: IO[bytes], end: float) -> bytes:
    """A part's XML without the cells and rows that hold nothing, cut while it streams by, between two rows.

    Raises `Invalid` where too much is left, or when the thread has used its CPU time up to `end` (seconds).
    """
    kept, size, carried = [], 0, b""
    while chunk := stream.read(CHUNK):
        if time.thread_time() > end:
            raise _holds_too_much()
        text = carried + chunk
        row = text.rfind(b"row ")
        cut = text.rfind(b"<", 0, row) if row > 0 else len(text)
        if cut <= 0:  # one row, whose end has not come: wait for it, but not for ever
            cut = len(text) if len(text) > 4 * CHUNK else 0
        carried = text[cut:]
        kept.append(_without_blanks(text[:cut]))
        size += len(kept[-1])
        if size > LARGEST_PART:
            raise _holds_too_much()
    return b"".join([*kept, _without_blanks(carried)])


def _holds_too_much() -> Invalid:
    return Invalid(_("This workbook holds too much. Leave only the list in it and upload it again."))


def _without_blanks(text: bytes) -> bytes:
    return BLANK_ROW.sub(b"", BLANK_CELL.sub(b"", PLAIN_BLANK_ROWS.sub(b"", text)))


def _compact(xml: bytes, place: int, most_rows: int, most_columns: int) -> Compacted:
    """Move the rows that are left together, below a row that says which sheet this is; for the reader says only names.

    Raises `Invalid` when there are too many rows or columns, or when cells do not say where they stand.
    """
    numbers: list[int] = []
    seen = 0

    def moved(found: re.Match[bytes]) -> bytes:
        nonlocal seen
        seen += 1
        letters, number = found[2], int(found[3])
        if not numbers or numbers[-1] != number:
            if numbers and number < numbers[-1]:
                raise _damaged()
            numbers.append(number)
        if len(numbers) > most_rows:
            raise too_many_rows(most_rows)
        if letters and _column(letters) >= most_columns:
            raise too_many_columns(most_columns)
        return b"%b%b%d" % (found[1], letters, len(numbers) + 1)

    lean = PLACE.sub(moved, DIMENSION.sub(b"", xml))
    if seen != len(ANY_PLACE.findall(lean)):
        raise _damaged()
    marked = FIRST_ROW.sub(lambda found: found[0] + _marking_row(found[1], place), lean, count=1)
    return Compacted(marked, numbers, _merged(lean, numbers))


def _marking_row(prefix: bytes, place: int) -> bytes:
    return b'<ProwSr="1"><PcSr="A1"><Pv>%d</Pv></Pc></Prow>'.replace(b"S", b" ").replace(b"P", prefix) % place


def _merged(xml: bytes, numbers: list[int]) -> list[tuple[int, int, int, int]]:
    """The merged ranges as (first row, first column, last row, last column), counted in the rows that are left."""
    found = []
    for first, top, last, bottom in MERGED.findall(xml):
        begin, end = bisect_left(numbers, int(top)), bisect_right(numbers, int(bottom)) - 1
        if begin <= end and numbers[begin] == int(top):
            found.append((begin, _column(first), end, _column(last)))
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def too_many_rows(most: int) -> Invalid:
    """The refusal of a sheet that is too long."""
    return Invalid(_("The sheet has more than %(most)s filled rows. Split the list and upload the parts.", most=most))


def too_many_columns(most: int) -> Invalid:
    """The refusal of a sheet that is too wide."""
    return Invalid(
        _("The sheet has something beyond column %(most)s. Delete the columns that are not needed.", most=most)
    )


def _read(parts: dict[str, bytes], compacted: list[Compacted]) -> list[Grid]:
    """Read the repacked workbook; whatever its reader does not like is a damaged file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    packed.seek(0)
    try:
        return _values(packed, compacted)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the reader is compiled: where it gives up, it raises what is no `Exception`
        raise _damaged() from error


def _values(packed: IO[bytes], compacted: list[Compacted]) -> list[Grid]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook  # here: web processes start without it

    found = []
    with load_workbook(packed) as book:
        for about in book.sheets_metadata:
            if about.typ is SheetTypeEnum.WorkSheet and about.visible is SheetVisibleEnum.Visible:
                rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
                if len(rows) > 1:
                    found.append(_grid(about.name, rows[1:], compacted[int(rows[0][0])]))  # type: ignore[arg-type]
    return found


def _grid(name: str, rows: list[list[Any]], compacted: Compacted) -> Grid:
    """The rows under their own numbers; what was merged is filled in wherever a row holds anything."""
    width = max(map(len, rows), default=0)
    for top, left, bottom, right in compacted.merged:
        value = rows[top][left] if top < len(rows) and left < width else ""
        if value == "":
            continue
        for row in rows[top : bottom + 1]:
            for column in range(left, min(right + 1, width)):
                row[column] = value
    return Grid(name, list(zip(compacted.numbers, rows, strict=False)))
