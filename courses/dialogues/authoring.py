"""The file format of a dialogue: YAML in, a `Dialogue` out, or everything that is wrong with it, each with its place.

The format is described in `docs/dialogues.md`; the scenes in `courses/sample/dialogues/` are written in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _

from courses.dialogues import fairness, nodes, shape
from courses.dialogues.graph import (
    DIMENSIONS,
    FEWEST_REPLIES,
    FRAMEWORKS,
    LANGUAGES,
    MOST_REPLIES,
    MOST_TURNS,
    SPEAKERS,
    Dialogue,
    Harm,
    Reply,
    Turn,
)
from courses.dialogues.nodes import Fault, Node

FORMAT = "1"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
NUMBER = re.compile(r"[+-]?[0-9]{1,4}")
HOURS = re.compile(r"[0-9]{1,2}(\.[0-9])?")
NO_STEP = "none"
MOST_FAULTS = 200
LINE, TEXT = 200, 1000


def parse(text: str) -> Dialogue | list[Fault]:
    """The dialogue of a file that may be published, or all faults in the order of their places. Never raises."""
    root, faults = nodes.read(text)
    if root is None or faults:
        empty = Fault(1, 1, "", _("The file is empty; begin with “format: 1”."))
        return _told(faults or [empty])
    reading = Reading()
    dialogue = reading.dialogue(root)
    if dialogue is not None and not reading.faults:
        reading.faults += fairness.faults(dialogue, reading.places)
    return dialogue if dialogue is not None and not reading.faults else _told(reading.faults)


def _told(faults: Collection[Fault]) -> list[Fault]:
    """The faults in the order of their places, each once, in words that a page may hold."""
    return [
        replace(one, where=nodes.showable(one.where), message=nodes.showable(one.message))
        for one in sorted(set(faults))[:MOST_FAULTS]
    ]


@dataclass
class Reading:
    """One reading of a file: gathers faults, and where each part stands."""

    faults: list[Fault] = field(default_factory=list)
    places: dict[str, Node] = field(default_factory=dict)

    def fault(self, node: Node, where: str, message: str) -> None:
        """Note what is wrong with a part."""
        self.faults.append(Fault(node.line, node.column, where, message))

    def dialogue(self, root: Node) -> Dialogue | None:
        """The whole file; None where too much is missing."""
        needed = (
            "format",
            "title",
            "setting",
            "aim",
            "framework",
            "pass_percent",
            "minutes",
            "start",
            "turns",
            "endings",
        )
        part = self.map(root, "", needed, ("note", "class_hours"))
        self.places["turns"] = part.get("turns", root)
        self.places["pass_percent"] = part.get("pass_percent", root)
        if "format" in part and part["format"].text != FORMAT:
            self.fault(part["format"], "format", _("This is format %(format)s; write “format: 1”.", format=FORMAT))
        framework = self.one_of(part.get("framework"), "framework", FRAMEWORKS)
        turns = self.turns(part.get("turns"), framework)
        endings = self.named(part.get("endings"), "endings", _("endings"))
        words = {name: self.words(node, f"endings.{name}", TEXT) for name, node in endings.items()}
        start = self.line(part.get("start"), "start")
        texts = {
            name: self.words(part.get(name), name, LINE if name == "title" else TEXT)
            for name in ("title", "setting", "aim")
        }
        note = self.words(part["note"], "note", LINE) if "note" in part else None
        hours = self.hours(part.get("class_hours"))
        if "turns" in part and "endings" in part:
            shape.check(self, part["turns"], part.get("start"), endings)
        pass_percent = self.number(part.get("pass_percent"), "pass_percent", 1, 100)
        minutes = self.number(part.get("minutes"), "minutes", 1, 600)
        if self.faults:
            return None
        return Dialogue(
            title=texts["title"],
            setting=texts["setting"],
            aim=texts["aim"],
            framework=framework,
            pass_percent=pass_percent,
            minutes=minutes,
            start=start,
            turns=turns,
            endings=words,
            class_hours=hours,
            note=note,
        )

    def turns(self, node: Node | None, framework: str) -> dict[str, Turn]:
        """Every turn by name."""
        found = self.named(node, "turns", _("turns"))
        if node is not None and len(found) > MOST_TURNS:
            self.fault(node, "turns", _("A dialogue has at most %(max)d turns.", max=MOST_TURNS))
        for name, one in found.items():
            self.places[f"turns.{name}"] = one
        return {name: self.turn(one, f"turns.{name}", framework) for name, one in found.items()}

    def turn(self, node: Node, where: str, framework: str) -> Turn:
        """One turn with its replies."""
        part = self.map(node, where, ("speaker", "says", "replies"), ("feeling", "equal"))
        replies = part["replies"].parts if "replies" in part else []
        if "replies" in part and (replies is None or not FEWEST_REPLIES <= len(replies) <= MOST_REPLIES):
            message = _("Write %(min)d to %(max)d replies as a list.", min=FEWEST_REPLIES, max=MOST_REPLIES)
            self.fault(part["replies"], where, message)
        return Turn(
            speaker=self.one_of(part.get("speaker"), f"{where}.speaker", SPEAKERS),
            says=self.words(part.get("says"), f"{where}.says", TEXT),
            feeling=self.words(part["feeling"], f"{where}.feeling", LINE) if "feeling" in part else None,
            equal=self.words(part["equal"], f"{where}.equal", TEXT) if "equal" in part else None,
            replies=tuple(
                self.reply(one, f"{where}.replies[{number}]", framework)
                for number, one in enumerate(replies or [], start=1)
            ),
        )

    def reply(self, node: Node, where: str, framework: str) -> Reply:
        """One reply."""
        part = self.map(node, where, ("says", "step", "points", "why"), ("harm", "harm_reason", "next", "ending"))
        if node.items is not None and ("next" in part) == ("ending" in part):
            self.fault(node, where, _("Say where this reply leads: either “next” (a turn) or “ending”, not both."))
        steps = (*FRAMEWORKS.get(framework, ()), NO_STEP)
        step = self.one_of(part.get("step"), f"{where}.step", steps) if framework else ""
        harm = self.one_of(part["harm"], f"{where}.harm", list(Harm)) if "harm" in part else Harm.NONE.value
        if harm in {Harm.MINOR, Harm.SERIOUS} and "harm_reason" not in part:
            self.fault(part["harm"], where, _("A harm needs its reason: write “harm_reason” in both languages."))
        if harm == Harm.NONE and "harm_reason" in part:
            self.fault(
                part["harm_reason"], where, _("There is a reason but no harm; write “harm: minor” or “harm: serious”.")
            )
        reason = self.words(part["harm_reason"], f"{where}.harm_reason", TEXT) if "harm_reason" in part else None
        return Reply(
            says=self.words(part.get("says"), f"{where}.says", TEXT),
            step=None if step == NO_STEP else step,
            points=self.points(part.get("points"), f"{where}.points"),
            why=self.words(part.get("why"), f"{where}.why", TEXT),
            next=self.line(part["next"], f"{where}.next") if "next" in part else None,
            ending=self.line(part["ending"], f"{where}.ending") if "ending" in part else None,
            harm=Harm(harm or Harm.NONE),
            harm_reason=reason,
        )

    def points(self, node: Node | None, where: str) -> Mapping[str, int]:
        """Points by dimension."""
        if node is None:
            return {}
        part = self.map(node, where, (), DIMENSIONS)
        return {name: self.number(one, f"{where}.{name}", -3, 3) for name, one in part.items()}

    def map(self, node: Node, where: str, needed: Collection[str], others: Collection[str]) -> dict[str, Node]:
        """The known parts of a map; what is missing or unknown is noted."""
        if node.items is None:
            known = ", ".join((*needed, *others))
            self.fault(node, where, _("Names with values are expected here: %(names)s.", names=known))
            return {}
        for name, (key, _value) in node.items.items():
            if name not in needed and name not in others:
                known = ", ".join((*needed, *others))
                self.fault(
                    key, where, _("“%(name)s” is not known here; known are: %(names)s.", name=name[:40], names=known)
                )
        for name in needed:
            if name not in node.items:
                self.fault(node, where, _("“%(name)s” is missing.", name=name))
        return {name: value for name, (_key, value) in node.items.items() if name in needed or name in others}

    def named(self, node: Node | None, where: str, label: str) -> dict[str, Node]:
        """A map whose names the author chooses: turns, endings."""
        if node is None:
            return {}
        if not node.items:
            self.fault(node, where, _("Write the %(label)s here, each under a name.", label=label))
            return {}
        for name, (key, _value) in node.items.items():
            if not NAME.fullmatch(name):
                message = _("“%(name)s” cannot be a name: use a to z, 0 to 9 and -, at most 40.", name=name[:60])
                self.fault(key, where, message)
        return {name: value for name, (_key, value) in node.items.items() if NAME.fullmatch(name)}

    def words(self, node: Node | None, where: str, maximum: int) -> Mapping[str, str]:
        """A text in both languages."""
        if node is None:
            return {}
        part = self.map(node, where, LANGUAGES, ())
        return {language: self.text(one, f"{where}.{language}", maximum) for language, one in part.items()}

    def text(self, node: Node, where: str, maximum: int) -> str:
        """A text that can be shown: trimmed, composed (NFC), bounded, printable."""
        if node.text is None:
            self.fault(node, where, _("A text is expected here."))
            return ""
        text = unicodedata.normalize("NFC", node.text).strip()
        if not text:
            self.fault(node, where, _("This text is empty; write it."))
        if len(text) > maximum:
            self.fault(
                node, where, _("At most %(max)d characters; this has %(length)d.", max=maximum, length=len(text))
            )
        bad = next((one for one in text if not nodes.is_printable(one)), None)
        if bad:
            code = f"{ord(bad):04X}"
            self.fault(node, where, _("The character U+%(code)s cannot be printed; delete it.", code=code))
        return text

    def line(self, node: Node | None, where: str) -> str:
        """The name of a turn or an ending."""
        return "" if node is None else self.text(node, where, LINE)

    def number(self, node: Node | None, where: str, low: int, high: int) -> int:
        """A whole number between two bounds."""
        if node is None:
            return low
        if node.text is not None and NUMBER.fullmatch(node.text) and low <= int(node.text) <= high:
            return int(node.text)
        self.fault(node, where, _("Write a whole number from %(low)d to %(high)d.", low=low, high=high))
        return low

    def hours(self, node: Node | None) -> str:
        """Class hours with at most one decimal; 0 where none are given."""
        if node is None:
            return "0"
        if node.text is not None and HOURS.fullmatch(node.text):
            return node.text
        self.fault(node, "class_hours", _("Write the class hours as a number from 0 to 99 with at most one decimal."))
        return "0"

    def one_of(self, node: Node | None, where: str, known: Collection[str]) -> str:
        """One of the known words."""
        if node is None:
            return ""
        if node.text in known:
            return str(node.text)
        message = _(
            "“%(name)s” is not known here; known are: %(names)s.", name=(node.text or "")[:40], names=", ".join(known)
        )
        self.fault(node, where, message)
        return ""
