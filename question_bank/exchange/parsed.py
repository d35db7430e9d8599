"""What readers bring and writers take: items beside what was lost on the way, and why some cannot pass."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, Literal

from question_bank.exchange.said import gettext as _
from question_bank.item_types import Body

Status = Literal["whole", "with_losses", "refused"]


@dataclass(frozen=True)
class Problem:
    """Why something was lost or refused, as a sentence in the reader's language, and where (`line 12`, `row 5`).

    `cell` is that place in a workbook for code: the sheet's name, the row's number from 1, the column's from 0;
    `head` is what stands over that column.
    """

    message: str
    where: str = ""
    cell: tuple[str, int, int] | None = None
    head: str = ""

    def told(self, item: str = "") -> str:
        """The sentence headed by its column, and by its row too where it is not the place of the `item` itself."""
        here = self.head if self.where.startswith(item) else self.where
        return _("%(place)s: %(reason)s", place=here, reason=self.message) if here else self.message


@dataclass(kw_only=True)
class Fate(ABC):
    """What becomes of one item on its way: losses let it pass, refusals do not."""

    losses: list[Problem] = field(default_factory=list)
    refusals: list[Problem] = field(default_factory=list)

    @property
    def status(self) -> Status:
        """Whether it passes, and whether all of it does."""
        if self.refusals:
            return "refused"
        return "with_losses" if self.losses else "whole"

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it stands, for people."""

    def lose(self, message: str) -> None:
        """Name something that cannot be carried over, once."""
        if all(one.message != message for one in self.losses):
            self.losses.append(Problem(message, self.place))

    def refuse(self, message: str) -> None:
        """Name a reason why the item cannot pass."""
        self.refusals.append(Problem(message, self.place))


@dataclass
class Parsed(Fate):
    """One item as a file brings it: what it becomes, or why it is refused.

    `where` is its place in the file, for people; `name` its title there and `code` its own number; `original_type` is
    what the file calls its type, `type` what it becomes here (empty when refused). `media` holds pictures by the names
    that `body["pictures"]` uses; its `file` is the SHA-256 of these bytes. `packed` is the body as JSON: all items of a
    file are in memory at once, and so take a third of what they would as objects.
    """

    where: str
    name: str = ""
    code: str = ""
    type: str = ""
    packed: bytes = b"{}"
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    points: str = ""
    media: dict[str, bytes] = field(default_factory=dict)
    original_type: str = ""

    @property
    def place(self) -> str:
        """Its place in the file."""
        return self.where

    @property
    def body(self) -> dict[str, Any]:
        """What the item says, unpacked anew for each who asks; only a whole body can be set."""
        body: dict[str, Any] = json.loads(self.packed)
        return body

    @body.setter
    def body(self, body: dict[str, Any]) -> None:
        self.packed = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")

    def refuse(self, message: str) -> None:
        """Name a reason why the item cannot come in; nothing is made of it."""
        super().refuse(message)
        self.type, self.body, self.media = "", {}, {}


@dataclass(frozen=True)
class Exported:
    """One item as a writer takes it; `media` as in `Parsed`."""

    code: str
    type: str
    body: Body
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    media: dict[str, bytes] = field(default_factory=dict)
    points: str = ""


@dataclass
class Written(Fate):
    """What became of one item in a file that was written: the parallel of `Parsed` on the way out."""

    code: str

    @property
    def place(self) -> str:
        """The item's code."""
        return self.code
