"""Checks in the text: a question with options, answered for oneself while reading. Pure: plain values in and out.

An author writes between `:::check` and `:::` the question, a list of two to five options (`- [x]` for a right one,
`- [ ]` for another, what follows on its next line says why), and after the list what holds for all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from flask_babel import gettext as _
from markdown_it.token import Token
from markupsafe import Markup

MARK = re.compile(r"\[([ xX])\]\s*")
FEWEST, MOST = 2, 5
OPEN, CLOSE = "container_check_open", "container_check_close"
Show = Callable[[Sequence[Token]], Markup]


@dataclass(frozen=True)
class Option:
    """One answer to choose from, and why it is right or not."""

    text: Markup
    right: bool
    explanation: Markup


@dataclass(frozen=True)
class Check:
    """A question as a page shows it. `intro` is what stands before the question's last paragraph."""

    number: int
    intro: Markup
    stem: Markup
    options: tuple[Option, ...]
    explanation: Markup

    @property
    def multiple(self) -> bool:
        """Whether several options are right together."""
        return sum(option.right for option in self.options) > 1

    def is_right(self, chosen: Collection[int]) -> bool:
        """Whether exactly the right options were chosen, by their places from 1."""
        return {place for place, option in enumerate(self.options, start=1) if option.right} == set(chosen)

    @property
    def faults(self) -> Iterator[str]:
        """What an author is to mend."""
        if not self.stem:
            yield _("Check %(number)d has no question before its options.", number=self.number)
        if not FEWEST <= len(self.options) <= MOST:
            yield _(
                "Check %(number)d has %(count)d options; write 2 to 5 lines that begin with - [ ] or - [x].",
                number=self.number,
                count=len(self.options),
            )
        elif not any(option.right for option in self.options):
            yield _("In check %(number)d no option is marked as right; write - [x] before it.", number=self.number)
        if not self.explanation and any(not option.explanation for option in self.options):
            yield _(
                "Check %(number)d explains nothing: write why below each option, or once after the list.",
                number=self.number,
            )


def read(tokens: Sequence[Token], number: int, show: Show) -> Check:
    """The check that stands between its two marks; `show` makes safe HTML of tokens."""
    before = list(takewhile(lambda token: token.type != "bullet_list_open", tokens))
    rest = tokens[len(before) :]
    end = next(
        (place for place, one in enumerate(rest) if one.type == "bullet_list_close" and not _depth(rest, one)), 0
    )
    intro, stem = _stem(before)
    return Check(
        number=number,
        intro=show(intro),
        stem=show(stem),
        options=tuple(_option(item, show) for item in _items(rest[1:end])),
        explanation=show(rest[end + 1 :] if rest else []),
    )


def _depth(tokens: Sequence[Token], one: Token) -> int:
    return one.level - tokens[0].level


def _stem(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """The last paragraph's inline content is the question; all before it leads up to it."""
    if len(tokens) >= 3 and tokens[-1].type == "paragraph_close":
        return tokens[:-3], [tokens[-2]]
    return tokens, []


def _items(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    item: list[Token] = []
    for token in tokens:
        if token.type == "list_item_open" and token.level == tokens[0].level:
            item = []
        elif token.type == "list_item_close" and token.level == tokens[0].level:
            yield item
        else:
            item.append(token)


def _option(item: list[Token], show: Show) -> Option:
    """The first line is the option, whatever follows says why."""
    if len(item) < 3 or item[1].type != "inline" or not item[1].children:
        return Option(Markup(""), False, show(item))
    children = item[1].children
    mark = MARK.match(children[0].content) if children[0].type == "text" else None
    if mark:
        children[0].content = children[0].content[mark.end() :]
    line = list(takewhile(lambda token: token.type != "softbreak", children))
    why = children[len(line) + 1 :]
    explanation = [_paragraph(item[1], why)] if why else []
    return Option(
        text=show([_paragraph(item[1], line)]),
        right=bool(mark) and mark is not None and mark[1] in "xX",
        explanation=show(explanation) + show(item[3:]),
    )


def _paragraph(inline: Token, children: list[Token]) -> Token:
    return inline.copy(children=children)
