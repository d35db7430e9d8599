"""The formats that items go out by. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from question_bank.exchange import gift_writer, moodle_xml_writer, sheet_writer
from question_bank.exchange.markup import BOTH
from question_bank.exchange.parsed import Exported, Written
from training.core.workbooks import CSV, XLSX


@dataclass(frozen=True)
class Target:
    """A format that is written: its label, the ending and media type of the file, its languages, and how.

    `write(items, language)` gives the file and what became of each item; the first of `languages` is the usual one.
    """

    name: str
    label: str
    ending: str
    media_type: str
    languages: tuple[str, ...]
    write: Callable[[Iterable[Exported], str], tuple[bytes, list[Written]]]


TARGETS = {
    one.name: one
    for one in (
        Target("xlsx", "Excel", ".xlsx", XLSX, ("zh", "en"), sheet_writer.write),
        Target(
            "csv", "CSV", ".csv", CSV, ("zh", "en"), lambda items, language: sheet_writer.write(items, language, "csv")
        ),
        Target(
            "moodle-xml",
            "Moodle XML",
            ".xml",
            "application/xml",
            (BOTH, "zh", "en"),
            moodle_xml_writer.write,
        ),
        Target("gift", "GIFT", ".gift.txt", "text/plain; charset=utf-8", ("zh", "en"), gift_writer.write),
    )
}
