"""What every type of item answers to. Pure. `docs/item-bodies.md` describes bodies, draws and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any, Protocol

LANGUAGES = ("zh", "en")
FORWARD = "forward"  # heads the draw of a set in which nobody goes back

Body = Mapping[str, Any]
Text = Mapping[str, str]


@dataclass(frozen=True)
class Fault:
    """What is wrong with an item, or doubtful, and where.

    `part` names the place within the item (`stem`, `options`, `text`, `key` …), `of` the part of a set it stands in,
    `option` the option, blank, row or answer, `language` the language if it is a text. `figure` belongs to the code:
    the limit that was exceeded, the option that says the same, the draw that fails.
    """

    code: str
    part: str
    option: str | None = None
    language: str | None = None
    figure: int | str | None = None
    of: str | None = None


@dataclass(frozen=True)
class ShownOption:
    """An option as a page shows it: `value` is what the form sends for it; judgements carry no letter."""

    id: str
    value: str
    letter: str | None
    text: Text
    explanation: Text
    right: bool


@dataclass(frozen=True)
class ShownPart:
    """One question of an item as a page shows it; an item that is no set has one, without id, stem or release.

    `accepted` says in words what is right where nothing is chosen from options; `longest` bounds a text (characters).
    """

    id: str = ""
    stem: Text = field(default_factory=dict)
    release: Text = field(default_factory=dict)
    options: Sequence[ShownOption] = ()
    multiple: bool = False
    explanation: Text = field(default_factory=dict)
    accepted: Sequence[str] = ()
    unit: str = ""
    numeric: bool = False
    longest: int = 0

    def letter_of(self, option_id: str) -> str:
        """The letter of an option; empty for none of them."""
        return next((one.letter or "" for one in self.options if one.id == option_id), "")


@dataclass(frozen=True)
class Shown:
    """An item as one attempt shows it: `stem` with the drawn values put in, `regions` of a hot-spot's `picture`."""

    stem: Text
    parts: Sequence[ShownPart]
    explanation: Text = field(default_factory=dict)
    regions: Sequence[Mapping[str, Any]] = ()
    picture: str = ""


@dataclass(frozen=True)
class Mark:
    """What an answer came to, before any policy of scoring: `hits` of the `of` right things, `wrong` things given.

    `written` is the share (−1 to 1) that the author wrote for just this answer; `parts` are the marks of an item with
    parts; `critical` says that the answer is a safety-critical error.
    """

    hits: int = 0
    of: int = 1
    wrong: int = 0
    written: Fraction | None = None
    parts: tuple[Mark, ...] = ()
    critical: bool = False

    @property
    def right(self) -> bool:
        """Everything that is right was given, and nothing else."""
        if self.parts:
            return all(one.right for one in self.parts)
        return self.hits == self.of and not self.wrong


class ItemType(Protocol):
    """What a type of item knows; one instance a type, found by `item_types.get`.

    `entry` says how it is answered, and so which template shows it: `options`, `letters` (options shared by
    several questions), `texts`, `order`, `regions`, `essay`. `staged` sets release one part after the other. A
    part of `texts` that has options (calculated) is shown as `options`.
    `policy` is the policy of scoring where a section names none. `by_hand` is true where a person marks.
    """

    name: str
    entry: str
    staged: bool
    policy: str
    by_hand: bool

    def validate(self, body: Body) -> list[Fault]:
        """Everything that is wrong with a body, in the order of a page; empty for a sound one."""
        ...

    def draw(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """What one attempt fixes: the order of options, the values of parameters."""
        ...

    def show(self, body: Body, draw: Sequence[str]) -> Shown:
        """The item as that draw shows it."""
        ...

    def tidy(self, answer: Sequence[str]) -> list[str]:
        """An answer in the one form in which it is kept, so that the same answer is the same list."""
        ...

    def answer_fault(self, draw: Sequence[str], answer: Sequence[str], before: Sequence[str] = ()) -> str | None:
        """Why a tidy answer cannot be saved, or None for one that can.

        `nothing`, `unknown`, `too_many`, `too_long`, `twice` (ordering), `not_a_number`; for sets that let nobody go
        back, whose draw is headed by `forward`, `locked` and `not_yet`, judged by `before`, the newest answer saved.
        """
        ...

    def mark(self, body: Body, draw: Sequence[str], answer: object) -> Mark:
        """What an answer came to; never raises, whatever the answer is."""
        ...

    def key(self, body: Body, draw: Sequence[str]) -> list[str]:
        """An answer that is right."""
        ...
