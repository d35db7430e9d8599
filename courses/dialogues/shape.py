"""Where the replies of a file lead: nowhere, to turns that nobody reaches, round and round. Each with its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from courses.dialogues import graph
from courses.dialogues.nodes import Node

if TYPE_CHECKING:
    from courses.dialogues.authoring import Reading


def check(reading: Reading, turns: Node, start: Node | None, endings: Mapping[str, Node]) -> None:
    """Note every fault of the graph, as far as it can be read."""
    named = {name: value for name, (_key, value) in (turns.items or {}).items()}
    links: dict[str, list[str]] = {}
    used: set[str] = set()
    for name, node in named.items():
        links[name] = []
        for reply in _replies(node):
            after, ending = _text(reply, "next"), _text(reply, "ending")
            if after is not None:
                links[name].append(after)
                _exists(reading, reply, "next", named)
            if ending is not None:
                used.add(ending)
                _exists(reading, reply, "ending", endings)
    first = start.text if start is not None else None
    if start is not None and first not in named:
        message = _("There is no turn “%(name)s”; this leads nowhere.", name=(first or "")[:40])
        reading.fault(start, "start", message)
    _circles(reading, links, named)
    if first in named:
        _unreached(reading, links, named, str(first))
    for name, node in endings.items():
        if name not in used:
            reading.fault(node, f"endings.{name}", _("No reply leads to the ending “%(name)s”.", name=name))


def _replies(turn: Node) -> list[Node]:
    pair = (turn.items or {}).get("replies")
    return pair[1].parts or [] if pair else []


def _text(reply: Node, name: str) -> str | None:
    pair = (reply.items or {}).get(name)
    return pair[1].text if pair else None


def _exists(reading: Reading, reply: Node, name: str, known: Collection[str]) -> None:
    node = (reply.items or {})[name][1]
    if node.text not in known:
        given = (node.text or "")[:40]
        message = (
            _("There is no turn “%(name)s”; this leads nowhere.", name=given)
            if name == "next"
            else _("There is no ending “%(name)s”; this leads nowhere.", name=given)
        )
        reading.fault(node, name, message)


def _circles(reading: Reading, links: graph.Links, named: Mapping[str, Node]) -> None:
    for circle in graph.loops(links):
        turns = " → ".join([*circle, circle[0]])
        message = _(
            "These turns go round in a loop: %(turns)s. A conversation goes on; write a turn of its own.", turns=turns
        )
        reading.fault(named[circle[0]], f"turns.{circle[0]}", message)


def _unreached(reading: Reading, links: graph.Links, named: Mapping[str, Node], start: str) -> None:
    found = graph.reachable(links, start)
    for name, node in named.items():
        if name not in found:
            reading.fault(node, f"turns.{name}", _("No conversation reaches the turn “%(name)s”.", name=name[:40]))
