"""The syntax of GIFT, Moodle's text format: questions between blank lines, answers in braces. One pass, linear time.

Escaped signs (`\\=`) are put aside as control characters while a question is taken apart, as Moodle does, and come back
by `reveal`; control characters that a file brings itself are taken out before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_PLACES = {"\\": "\x01", ":": "\x02", "#": "\x03", "=": "\x04", "{": "\x05", "}": "\x06", "~": "\x07", "n": "\x08"}
_BACK = {place: "\n" if sign == "n" else sign for sign, place in _PLACES.items()}
_ESCAPED = re.compile(r"\\([\\:#={}~n])")
_CONTROL = re.compile(r"[\x01-\x08]")
_EXPORTED = re.compile(r"//\s*question:\s*[0-9]+\s+name:")
_ID = re.compile(r"\[id:((?:\\]|[^\]\x00-\x1f])+)\]")
_TAG = re.compile(r"\[tag:((?:\\]|[^\]<>`\x00-\x1f])+)\]")
CATEGORY = "$CATEGORY:"
BLANK = "_____"
FORMS = {"html": "html", "moodle": "moodle", "plain": "plain", "markdown": "markdown"}


@dataclass(frozen=True)
class Category:
    """From here on questions belong to this path."""

    path: str


@dataclass(frozen=True)
class Question:
    """A question taken apart: `answer` is what stands in the braces, still protected, None where there are none.

    `exported` says that Moodle wrote it; `fault` is `braces` where they do not close, `many` where several pairs stand.
    """

    line: int
    title: str = ""
    form: str = "moodle"
    stem: str = ""
    answer: str | None = None
    id: str = ""
    tags: tuple[str, ...] = ()
    exported: bool = False
    fault: str = ""


@dataclass
class _Block:
    line: int
    lines: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def looks_like_gift(text: str) -> bool:
    """Whether anything of GIFT stands in a text."""
    return any(mark in text for mark in ("{", "::", CATEGORY, *(f"[{one}]" for one in FORMS)))


def entries(text: str) -> Iterator[Category | Question]:
    """Categories and questions in the order of the file."""
    for block in _joined(_blocks(text)):
        if block.lines[0].startswith(CATEGORY):
            yield Category(reveal(block.lines[0].removeprefix(CATEGORY)).strip())
        else:
            yield _question(block)


def reveal(protected: str) -> str:
    """A text with the escaped signs back in their places."""
    return _CONTROL.sub(lambda found: _BACK[found[0]], protected)


def with_form(protected: str, default: str) -> tuple[str, str]:
    """A text and its form, which `[html]` and the like in front of it may say."""
    text = protected.strip()
    if text.startswith("["):
        name, end, rest = text[1:12].partition("]")
        if end and (form := FORMS.get(name.strip().lower())):
            return reveal((rest + text[12:]).strip()), form
    return reveal(text), default


def _lines(text: str) -> Iterator[str]:
    """The lines of a text, protected, one at a time: a whole text is large enough to be in memory once."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield _protected(text[start:end])
        start = end + 1
    yield _protected(text[start:])


def _protected(line: str) -> str:
    line = _CONTROL.sub("", line)
    return _ESCAPED.sub(lambda found: _PLACES[found[1]], line) if "\\" in line else line


def _blocks(text: str) -> Iterator[_Block]:
    """Runs of lines between blank ones; a line that names a category stands alone."""
    block = _Block(1)
    for number, line in enumerate(_lines(text), 1):
        bare = line.strip()
        if bare.startswith("//"):
            block.comments.append(bare)
        elif bare and not bare.startswith(CATEGORY):
            if not block.lines:
                block.line = number
            block.lines.append(line)
        else:
            if block.lines:
                yield block
            block = _Block(number + 1)
            if bare:
                yield _Block(number, [bare])
    if block.lines:
        yield block


def _joined(blocks: Iterator[_Block]) -> Iterator[_Block]:
    """A blank line within braces ends no question, as long as the closing brace comes before another opening one."""
    open_block: _Block | None = None
    for block in blocks:
        if open_block is not None:
            first, closes = _first_brace(block)
            if not block.lines[0].startswith(CATEGORY) and first != "{":
                open_block.lines += ["", *block.lines]
                if closes:
                    yield open_block
                    open_block = None
                continue
            yield open_block
            open_block = None
        first, closes = _first_brace(block)
        if first == "{" and not closes:
            open_block = block
        else:
            yield block
    if open_block is not None:
        yield open_block


def _first_brace(block: _Block) -> tuple[str, bool]:
    """The brace that comes first in a block, and whether a closing one is in it."""
    first = ""
    for line in block.lines:
        opening, closing = line.find("{"), line.find("}")
        if not first and opening >= 0 and (closing < 0 or opening < closing):
            first = "{"
        if closing >= 0:
            return first or "}", True
    return first, False


def _question(block: _Block) -> Question:
    comment = "\n".join(block.comments)
    found = _ID.search(comment) if "[id:" in comment else None
    text, title = _titled("\n".join(block.lines).strip())
    start, finish = text.find("{"), text.find("}")
    answer, fault = None, ""
    if start >= 0 and finish > start:
        answer, rest = text[start + 1 : finish].strip(), text[finish + 1 :]
        text = text[:start] + (BLANK + rest if rest.strip() else "")
        fault = "many" if "{" in rest or "}" in rest else ""
    elif start >= 0 or finish >= 0:
        fault = "braces"
    stem, form = with_form(text, "moodle")
    return Question(
        line=block.line,
        title=reveal(title).strip(),
        form=form,
        stem=stem,
        answer=answer,
        id=found[1].replace("\\]", "]").strip() if found else "",
        tags=tuple(one.replace("\\]", "]").strip() for one in _TAG.findall(comment)) if "[tag:" in comment else (),
        exported=bool(comment) and _EXPORTED.search(comment) is not None,
        fault=fault,
    )


def _titled(text: str) -> tuple[str, str]:
    """The question without its title, and the title."""
    if not text.startswith("::") or (end := text.find("::", 2)) < 0:
        return text, ""
    return text[end + 2 :].strip(), text[2:end]
