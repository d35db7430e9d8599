"""Entries whose answer is chosen from options of their own, is true or false, or is an order."""

from __future__ import annotations

import re
from typing import Any

from question_bank.exchange import gaps, kinds, spelling
from question_bank.exchange.columns import LETTERS
from question_bank.exchange.entries import Entry, filled
from question_bank.exchange.making import Making, explain
from question_bank.exchange.said import gettext as _
from question_bank.item_types import LANGUAGES

Body = dict[str, Any]
TRUE_AND_FALSE = {"true": {"zh": "对", "en": "True"}, "false": {"zh": "错", "en": "False"}}
FEWEST, MOST = 4, 6  # options of A1, A2 and X; with fewer or more an item is a `choice`


def spread(entry: Entry, kind: str | None) -> None:
    """Give each option its own field where they stand in one cell or behind the stem; take an answer out of a stem."""
    if entry.letters or kind not in (*kinds.WITH_OPTIONS, "judgement", None):
        return
    for suffix in ("", *(f"@{one}" for one in LANGUAGES)):
        whole, stem = entry.cells.get(f"options{suffix}", ""), entry.cells.get(f"stem{suffix}", "")
        before, found = gaps.options(whole or stem)
        if whole and not found:
            found = _unlettered(whole)
        elif found and not whole:
            entry.cells[f"stem{suffix}"] = before
        entry.cells |= {f"option_{letter}{suffix}": text for letter, text in found.items()}
    _take_answer(entry, kind)


def _unlettered(text: str) -> dict[str, str]:
    parts = [one.strip() for one in re.split(r"[\n|｜]+" if re.search(r"[\n|｜]", text) else r"[;；]+", text)]
    return dict(zip(LETTERS, filter(None, parts), strict=False))


def _take_answer(entry: Entry, kind: str | None) -> None:
    """The answer that stands in the brackets of a stem （B）, where none stands elsewhere."""
    for suffix in ("", *(f"@{one}" for one in LANGUAGES)):
        stem, answer = gaps.inline_answer(entry.cells.get(f"stem{suffix}", ""))
        fits = (
            entry.letters or kind == "judgement" or (kind is None and spelling.truth(answer) and not answer.isalpha())
        )
        known = entry.get("key")
        if answer and fits and (not known or spelling.letters(known) == spelling.letters(answer) or known == answer):
            entry.cells[f"stem{suffix}"] = stem
            entry.cells.setdefault("key", answer)


def options_of(entry: Entry) -> list[Body]:
    """The options of an entry, each with its explanation."""
    return [
        explain(entry, {"id": one, "text": entry.text(f"option_{one}")}, f"option_{one}_why") for one in entry.letters
    ]


def key_of(making: Making, entry: Entry, options: Entry | None = None) -> list[str]:
    """The letters of an answer; what cannot be read is told."""
    text, shared = entry.get("key"), options or entry
    found = spelling.letters(text, {one: shared.get(f"option_{one}") for one in shared.letters})
    if text and found is None:
        sentence = _("“%(text)s” names no option. Write letters, such as B or ACD.", text=text[:40])
        making.lose(sentence, "key", entry=entry)
    return found or []


def critical_of(making: Making, entry: Entry, key: list[str], letters: list[str]) -> list[str]:
    """The safety-critical options: those named, or with a plain yes every wrong one."""
    text = entry.get("critical")
    if not text:
        return []
    said = spelling.truth(text) if len(text) > 1 or text.upper() not in LETTERS.upper() else None
    if said:
        return [one for one in letters if one not in key] if said == "true" else []
    found = spelling.letters(text)
    if found is None:
        making.lose(
            _("Write the letters of the dangerous options, or yes if every wrong one is."), "critical", entry=entry
        )
    return found or []


def stem_of(entry: Entry) -> dict[str, str]:
    """The stem; a case that stands in a column of its own goes before it."""
    case, stem = entry.text("shared_stem"), entry.text("stem")
    return {one: "\n".join(filter(None, (case[one], stem[one]))) for one in LANGUAGES}


def choosing(making: Making) -> tuple[str, Body]:
    """A1, A2, X or `choice`."""
    entry = making.head
    options, key = options_of(entry), key_of(making, entry)
    weights = weights_of(making, entry)
    type_name, multiple = _chosen_type(making.kind, len(options), len(key), weighted=bool(weights))
    body: Body = {"stem": stem_of(entry), "options": options, "key": key}
    if type_name == "choice":
        body["multiple"] = multiple
        body |= {"weights": weights} if weights else {}
    if critical := critical_of(making, entry, key, entry.letters):
        body["critical"] = critical
    return type_name, explain(entry, body)


def _chosen_type(kind: str, options: int, keys: int, *, weighted: bool) -> tuple[str, bool]:
    """The type, and whether several options may be chosen."""
    several = kind in ("X", "several", "any", "choice_many") or (kind == "open" and keys > 1)
    if kind in ("A1", "A2", "X"):
        return ("choice" if weighted else kind), several
    fits = FEWEST <= options <= MOST or options < 2
    if kind.startswith("choice") or weighted or not fits or (kind == "any" and keys < 2):
        return "choice", several
    return ("X" if several else "A1"), several


def weights_of(making: Making, entry: Entry) -> dict[str, str]:
    """`A=50；C=-50` as weights by option."""
    text = entry.get("weights")
    found: dict[str, str] = {}
    for piece in spelling.pieces(text, spelling.BETWEEN) if text else []:
        letter, _equals, share = spelling.plain(piece).replace(":", "=").partition("=")
        value = spelling.number(share.rstrip("%"))
        if value is None or letter.strip().lower() not in entry.letters:
            making.lose(_("Write weights in percent as A=50; C=-50."), "weights", entry=entry)
            return {}
        found[letter.strip().lower()] = spelling.written(value)
    return found


def judgement(making: Making) -> tuple[str, Body]:
    """True or false."""
    entry, text = making.head, making.head.get("key")
    said = spelling.truth(text) if not entry.letters else _by_option(entry, text) or spelling.truth(text)
    if text and said is None:
        making.lose(_("“%(text)s” is no answer to a judgement. Write true or false.", text=text[:40]), "key")
    why = {"true": "option_a_why", "false": "option_b_why"}
    written = (stem_of(entry), *(entry.text(one) for one in ("explanation", *why.values())))
    spoken = [one for one in LANGUAGES if any(text[one] for text in written)] or [entry.table.language]
    options = [
        explain(entry, {"id": one, "text": {of: text[of] if of in spoken else "" for of in LANGUAGES}}, why[one])
        for one, text in TRUE_AND_FALSE.items()
    ]
    body: Body = {"stem": stem_of(entry), "options": options, "key": [said] if said else []}
    if said and spelling.truth(entry.get("critical")) == "true":
        body["critical"] = [one for one in TRUE_AND_FALSE if one != said]
    return "judgement", explain(entry, body)


def _by_option(entry: Entry, answer: str) -> str | None:
    """What the option says that an answer names."""
    named = spelling.letters(answer)
    return (
        spelling.truth(entry.get(f"option_{named[0]}")) if named and len(named) == 1 and named[0] in LETTERS else None
    )


def ordering(making: Making) -> tuple[str, Body]:
    """Steps, in the order that the answer gives; as written where it gives none."""
    entry = making.head
    text, order = entry.get("key"), spelling.in_order(entry.get("key"))
    by_letter = {one["id"]: one for one in options_of(entry)}
    if text and sorted(order) != sorted(by_letter):
        making.lose(_("Write the letters of all steps in the right order, such as CABD."), "key")
    order = [*(one for one in order if one in by_letter), *(one for one in by_letter if one not in order)]
    body: Body = {"stem": stem_of(entry), "options": [by_letter[one] for one in order]}
    critical = [one for one in map(str.strip, re.split("[；;]", spelling.plain(entry.get("critical")).lower())) if one]
    return "ordering", explain(entry, body | ({"critical": critical} if critical else {}))


def is_case(entry: Entry) -> bool:
    """Whether an entry holds nothing but what the following ones share: a case without a question."""
    return filled(entry.text("stem")) and not entry.letters and not entry.has("key")
