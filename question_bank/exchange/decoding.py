"""The text of a file whose encoding nobody names: UTF-8, UTF-16, GB18030 or Windows-1252. Linear time."""

from __future__ import annotations

from flask_babel import gettext as _

from training.core.errors import Invalid

LARGEST = 32 * 1024 * 1024
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
SAMPLE = 20_000


def decode(data: bytes) -> str:
    """The text of a file, with plain line ends; raises `Invalid` for a file that is too large or holds no text."""
    if len(data) > LARGEST:
        raise Invalid(
            _("The file is larger than %(size)s MB. Divide it and import the parts.", size=LARGEST // 1024 // 1024)
        )
    text = _text(data)
    if "\x00" in text:
        raise Invalid(_("This file is no text. Choose the file that the other system exported as text."))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if (unmarked := _unmarked_utf16(data[:SAMPLE])) is not None:
        return data.decode(unmarked, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4 and error.reason == "unexpected end of data" and error.start:
            return data[: error.start].decode("utf-8")  # the file was cut off within a character
    return _chinese(data) or data.decode("cp1252", "replace")


def _unmarked_utf16(sample: bytes) -> str | None:
    """UTF-16 shows by zeros in every other byte, where western letters, spaces and line ends stand."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 10 < len(sample) or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _chinese(data: bytes) -> str | None:
    """The text if it is GB18030: most of it beyond ASCII are common characters then, and rare ones if it is not."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        if error.start < len(data) - 4:
            return None
        text = data[: error.start].decode("gb18030")
    foreign = [one for one in text if one > "\x7f"][:SAMPLE]
    common = "".join(foreign).encode("gb2312", "ignore")
    return text if len(common) > len(foreign) else None
