"""The datasets of a calculated question in Moodle: sets of values, drawn as the bank draws them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from lxml import etree

from question_bank import item_types
from question_bank.exchange.moodle_elements import Element
from question_bank.exchange.parsed import Written
from question_bank.exchange.said import gettext as _

MOST_SETS = 30
SEED = 20250101  # the same item is written the same way each time
_NAME = re.compile(r"[A-Za-z_]\w*")
_PLAIN_FORMULA = re.compile(r"[\w+\-*/()., ]+", re.ASCII)


def add_calculation(root: Element, body: Mapping[str, Any], report: Written) -> str | None:
    """Adds the answer and its datasets; the reason where Moodle cannot calculate it."""
    names = [str(one.get("name")) for one in body.get("parameters") or ()]
    formula = str(body.get("formula") or "")
    if not _PLAIN_FORMULA.fullmatch(formula) or "**" in formula or not all(one.isascii() for one in names):
        return _("The formula “%(formula)s” is more than Moodle calculates.", formula=formula[:80])
    sets = _sets(body, names)
    if not sets:
        return _("No set of values could be drawn.")
    _losses(body, report)
    answer = etree.SubElement(root, "answer", fraction="100")
    etree.SubElement(answer, "text").text = _NAME.sub(
        lambda found: f"{{{found[0]}}}" if found[0] in names else found[0], formula
    )
    details = (("tolerance", str(body.get("tolerance") or "0")), ("tolerancetype", "2"), ("correctanswerformat", "1"))
    for name, value in (*details, ("correctanswerlength", str(body.get("decimals") or 0))):
        etree.SubElement(answer, name).text = value
    etree.SubElement(etree.SubElement(answer, "feedback", format="html"), "text").text = ""
    definitions = etree.SubElement(root, "dataset_definitions")
    for name in names:
        _definition(definitions, name, [one[name] for one in sets])
    return None


def _sets(body: Mapping[str, Any], names: Sequence[str]) -> list[dict[str, str]]:
    """Different draws, in the order in which they came."""
    kind, chance = item_types.get("calculated"), Random(SEED)  # noqa: S311 - no secret hangs on it
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for _attempt in range(MOST_SETS * 3):
        drawn = dict(one.split("=", 1) for one in kind.draw(body, chance, shuffle=False) if "=" in one)
        if not all(name in drawn for name in names):
            return []
        found.setdefault(tuple(drawn[name] for name in names), drawn)
        if len(found) == MOST_SETS:
            break
    return list(found.values())


def _losses(body: Mapping[str, Any], report: Written) -> None:
    report.lose(_("Values are drawn from %(count)s sets made beforehand.", count=MOST_SETS))
    if body.get("wrong"):
        report.lose(_("The tempting wrong answers were left out; a number is to be typed."))
    if body.get("check") or body.get("cap") or body.get("strengths"):
        report.lose(_("The second formula, the cap and the strengths on the market were left out."))


def _definition(parent: Element, name: str, values: Sequence[str]) -> None:
    definition = etree.SubElement(parent, "dataset_definition")
    decimals = max(len(one.partition(".")[2]) for one in values)
    ordered = sorted(values, key=float)
    texts = (("status", "private"), ("name", name), ("distribution", "uniform"), ("minimum", ordered[0]))
    for tag, text in (*texts, ("maximum", ordered[-1]), ("decimals", str(decimals))):
        etree.SubElement(etree.SubElement(definition, tag), "text").text = text
    etree.SubElement(definition, "type").text = "calculated"
    etree.SubElement(definition, "itemcount").text = str(len(values))
    items = etree.SubElement(definition, "dataset_items")
    for place, value in enumerate(values, 1):
        item = etree.SubElement(items, "dataset_item")
        etree.SubElement(item, "number").text = str(place)
        etree.SubElement(item, "value").text = value
    etree.SubElement(definition, "number_of_items").text = str(len(values))
