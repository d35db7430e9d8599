"""An attempt as its pages show it: items in their order with their parts, answers and receipts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from random import Random
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from question_bank import item_types, vocabulary
from question_bank.item_types import Shown, ShownPart, about
from question_bank.models import Attempt
from question_bank.pictures import showing
from question_bank.pictures.showing import Picture, Pictures, Region
from question_bank.queries import attempts as queries
from question_bank.services.answers import Given, Receipt, Refusal, Told
from training.core import clock
from training.core.errors import Invalid

LETTERS = "letters"  # the entry of types whose questions share their options
LONGEST_NUMBER = 10


@dataclass(frozen=True)
class PaperItem:
    """One item on a paper; `saved_at` is a local clock time, `right` is None until graded.

    `closed` are the parts of a staged set that have been left behind.
    """

    number: int
    type: str
    shown: Shown
    answer: Sequence[str] = ()
    key: Sequence[str] = ()
    closed: Sequence[str] = ()
    is_staged: bool = False
    is_forward: bool = False
    receipt: int | None = None
    saved_at: str | None = None
    right: bool | None = None
    partly: bool = False
    critical: bool = False
    flagged: bool = False
    section: int = 1
    module: str = ""
    pictures: Pictures = field(default_factory=dict)

    @cached_property
    def entry(self) -> str:
        """How it is answered."""
        return item_types.get(self.type).entry

    @cached_property
    def prefix(self) -> str:
        """What the names of its fields begin with, on a page that has many items."""
        return f"{self.number}-"

    @property
    def shares_options(self) -> bool:
        """Whether the options are told once for all its questions."""
        return self.entry == LETTERS

    @property
    def stem(self) -> Mapping[str, str]:
        """What stands above everything else."""
        return self.shown.stem

    @property
    def explanation(self) -> Mapping[str, str]:
        """That of the item as a whole."""
        return self.shown.explanation

    @property
    def parts(self) -> Sequence[ShownPart]:
        """Its questions; one for an item that is no set."""
        return self.shown.parts

    @cached_property
    def is_single(self) -> bool:
        """Whether it has one question, asked by its stem."""
        return len(self.parts) == 1 and not self.parts[0].id

    @cached_property
    def is_single_choice(self) -> bool:
        """Whether it is one question with options, as most are."""
        return self.entry == "options" and self.is_single

    @cached_property
    def released(self) -> Sequence[ShownPart]:
        """The questions that may be seen now: in a staged set those left behind and the one after them."""
        return self.parts[: len(self.closed) + 1] if self.is_staged else self.parts

    @property
    def is_all_released(self) -> bool:
        """Whether nothing is held back."""
        return len(self.released) == len(self.parts)

    def is_locked(self, part: ShownPart) -> bool:
        """Whether the answer to this part can no longer be changed."""
        return self.is_forward and part.id in self.closed

    @property
    def answered(self) -> bool:
        """Whether anything is answered."""
        return any(not one.endswith(":") for one in self.answer)

    def chosen_in(self, part: ShownPart) -> list[str]:
        """What of the answer belongs to that part."""
        return [one for one in self.answer if one.startswith(f"{part.id}:")]

    def text_in(self, part: ShownPart) -> str:
        """What was written for that part."""
        prefix = f"{part.id}:" if part.id else ""
        return next((one.removeprefix(prefix) for one in self.answer if one.startswith(prefix)), "")

    @cached_property
    def is_plain(self) -> bool:
        """Whether its texts are words alone: no pictures, no blanks."""
        return not self.pictures and self.entry != "texts"

    def pieces(self, text: str) -> list[str | Picture]:
        """A text of it as what is read and what is seen, in turn."""
        if self.is_plain:
            return [text] if text else []
        return list(showing.pieces(self._lined(text), self.pictures))

    def plain(self, text: str) -> str:
        """A text of it without its pictures."""
        return showing.plain(self._lined(text), self.pictures)

    def _lined(self, text: str) -> str:
        """A text with a numbered line where each blank belongs."""
        for number, part in enumerate(self.parts if self.entry == "texts" else (), start=1):
            if part.id:
                text = text.replace(f"[[{part.id}]]", f"____\u00a0({number})")
        return text

    @property
    def picture(self) -> Picture | None:
        """The picture whose regions are chosen from, if there is one."""
        return self.pictures.get(self.shown.picture)

    @property
    def regions(self) -> list[Region]:
        """What is drawn over that picture."""
        return showing.drawn(self.shown.regions, self.picture, self.answer, self.key) if self.picture else []

    @cached_property
    def asks_for(self) -> str:
        """What its options are for: an `order`, `one` or `all` that are right; empty where there are none."""
        if self.entry == "order":
            return "order"
        if not self.is_single or not self.parts[0].options:
            return ""
        return "all" if self.parts[0].multiple else "one"


def paper_of(attempt: Attempt, keys: Mapping[int, Mapping[str, Any]] | None = None) -> list[PaperItem]:
    """The items of an attempt in the order shown, each with its newest answer.

    Two queries; another one for pictures, and for items that this process has shown to nobody yet. `keys` are what
    items say, by position, that were marked by the key of another version.
    """
    keys = keys or {}
    answers, rows = queries.answers_in(attempt), queries.paper_of(attempt)
    pictures = showing.shown(
        [body for _item, body in rows], lambda sha256: url_for("quiz.picture", attempt_id=attempt.id, sha256=sha256)
    )
    return [
        _paper_item(item, keys.get(item.position, body), answers.get(item.position), seen)
        for (item, body), seen in zip(rows, pictures, strict=True)
    ]


def looked_at(
    rows: Sequence[tuple[Any, Mapping[str, Any]]], address: Callable[[str], str] | None = None
) -> list[PaperItem]:
    """Items of attempts that are over, each with the answer that was graded; one query for all pictures.

    `address` says where a picture is seen; by default it is where whoever sat the attempt sees it.
    """
    shown_in = {sha256: item.attempt_id for item, body in rows for sha256 in about.files_of(body).values()}
    pictures = showing.shown(
        [body for _item, body in rows],
        address or (lambda sha256: url_for("quiz.picture", attempt_id=shown_in[sha256], sha256=sha256)),
    )
    return [
        _paper_item(item, body, None, seen, answer=item.graded_answer or [])
        for (item, body), seen in zip(rows, pictures, strict=True)
    ]


def _paper_item(
    item: Any,
    body: Mapping[str, Any],
    event: Any | None,
    pictures: Pictures,
    answer: Sequence[str] = (),
) -> PaperItem:
    kind = item_types.get(item.type)
    answer = event.answer if event else answer
    return PaperItem(
        number=item.position,
        type=item.type,
        shown=kind.show(body, item.option_order),
        answer=answer,
        key=kind.key(body, item.option_order),
        closed=[one[:-1] for one in answer if one.endswith(":")],
        is_staged=kind.staged,
        is_forward=item_types.FORWARD in item.option_order,
        receipt=event.receipt if event else None,
        saved_at=clock_time(event) if event else None,
        right=None if item.earned is None else item.earned >= item.points,
        partly=item.earned is not None and 0 < item.earned < item.points,
        critical=item.critical_error,
        flagged=item.flagged,
        section=item.section,
        module=body.get("about", {}).get("module") or "",
        pictures=pictures,
    )


def topics_of(items: Sequence[PaperItem]) -> list[tuple[str, int, int]]:
    """What a paper was about: the name of each module with its right items and all of them, the weakest first."""
    found: dict[str, tuple[int, int]] = {}
    for one in items:
        if one.module:
            right, all_of_it = found.get(one.module, (0, 0))
            found[one.module] = (right + bool(one.right), all_of_it + 1)
    named = [(vocabulary.name("module", module), *counts) for module, counts in found.items()]
    return sorted(named, key=lambda topic: (topic[1] / topic[2], topic[0]))


def picture_address(sha256: str) -> str:
    """Where those who work on items see a picture."""
    return url_for("items.picture", sha256=sha256)


def preview_of(type_name: str, body: dict[str, Any]) -> PaperItem:
    """An item as a trainee would see it, in the order written and with nothing chosen."""
    return previews_of([(type_name, body)])[0]


def previews_of(items: Sequence[tuple[str, dict[str, Any]]]) -> list[PaperItem]:
    """The same for several items: their types and bodies."""
    pictures = showing.shown([body for _type, body in items], picture_address)
    return [_preview(type_name, body, seen) for (type_name, body), seen in zip(items, pictures, strict=True)]


def _preview(type_name: str, body: dict[str, Any], pictures: Pictures) -> PaperItem:
    kind = item_types.get(type_name)
    draw = kind.draw(body, Random(0), shuffle=False)  # noqa: S311 - nothing is shuffled
    return PaperItem(number=0, type=type_name, shown=kind.show(body, draw), key=kind.key(body, draw), pictures=pictures)


def answers_in(form: MultiDict[str, str]) -> dict[int, Given]:
    """The answers that a paper's form sends, by position: `<position>-<field>`, options by values, texts by part.

    `after` is the receipt that the page showed at the item. Raises `Invalid` where it is missing.
    """
    fields: dict[int, list[tuple[str, str]]] = {}
    for name, value in form.items(multi=True):
        number, dash, field_name = name.partition("-")
        if dash and number.isascii() and number.isdecimal() and len(number) < LONGEST_NUMBER:
            fields.setdefault(int(number), []).append((field_name, value))
    return {position: _given(found) for position, found in fields.items()}


def _given(fields: list[tuple[str, str]]) -> Given:
    after = [value for name, value in fields if name == "after"]
    if len(after) != 1 or not (after[0].isascii() and after[0].isdecimal() and len(after[0]) < LONGEST_NUMBER):
        raise Invalid(_("This answer does not say which one it follows. Reload the page and answer again."))
    flags = [value for name, value in fields if name == "flag"]
    return Given(_answer_in(fields), int(after[0]), bool([one for one in flags if one]) if flags else None)


def _answer_in(fields: list[tuple[str, str]]) -> list[str]:
    answer = []
    for name, value in fields:
        field_name, _dot, part = name.partition(".")
        if field_name == "choice" and value:
            answer.append(value)
        elif field_name == "text" and value.strip():
            answer.append(f"{part}:{value}" if part else value)
    return answer


def told_to_script(told: Told) -> dict[str, Any]:
    """What came of each answer, as the page's script reads it; the error beside is that of the first one refused."""
    lines: dict[str, Any] = {}
    error = None
    for position, one in told.answers.items():
        if isinstance(one, Refusal):
            error = error or str(one.error.message)
            lines[str(position)] = {"refused": str(one.error.message)}
            if one.newer is not None:
                lines[str(position)] |= {**_receipt(one.newer), "answer": list(one.saved)}
        else:
            lines[str(position)] = _receipt(one) if one else {"receipt": 0}
    return {"answers": lines, **time_told(told.deadline, paused=told.paused)} | ({"error": error} if error else {})


def _receipt(one: Receipt) -> dict[str, Any]:
    return {"receipt": one.number, "saved_at": clock_time(one)}


def time_told(deadline: datetime, *, paused: bool) -> dict[str, Any]:
    """Until when time goes, in epoch milliseconds by the server's clock, which is told beside."""
    return {
        "deadline": int(deadline.timestamp() * 1000),
        "now": int(clock.now().timestamp() * 1000),
        "paused": paused,
    }


def clock_time(event: Any) -> str:
    """The moment of saving as a clock shows it, to the second."""
    return clock.local(event.saved_at).strftime("%H:%M:%S")
