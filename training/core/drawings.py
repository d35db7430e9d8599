"""Pictures that the press draws without reading SVG anew for each document. Pure.

They stand in WeasyPrint's cache of pictures under the address by which a page names them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pydyf
from weasyprint.images import SVGImage
from weasyprint.pdf.stream import Stream

from training.core.fonts import CannotPrint

HAIR = 1.02
"""Rows are a hair taller than a module, so that no seam shows between them."""


class Modules:
    """The dark modules of a matrix (a QR code), one rectangle for each run of them, in one colour."""

    def __init__(self, rows: Sequence[bytes | bytearray], *, quiet: int, colour: tuple[float, float, float]) -> None:
        self.side = len(rows) + 2 * quiet
        self._colour = colour
        self._runs = "\n".join(
            f"{run.start() + quiet} {y + quiet} {len(run[0])} {HAIR} re"
            for y, row in enumerate(rows)
            for run in re.finditer(b"\x01+", row)
        ).encode()

    def get_intrinsic_size(self, _resolution: Any, _font_size: Any) -> tuple[float, float, float]:
        """Width, height and their ratio, as WeasyPrint asks."""
        return self.side, self.side, 1.0

    def draw(self, stream: Stream, width: float, height: float, _style: Any) -> None:
        """Fill the modules."""
        with stream.stacked():
            stream.transform(a=width / self.side, d=height / self.side)
            stream.set_color_rgb(*self._colour)
            stream.stream.append(self._runs)
            stream.fill()


class Plate:
    """An SVG that is drawn once at each size and then placed as a form of its own, the same bytes each time."""

    def __init__(self, svg: bytes, address: str) -> None:
        try:
            self._svg = SVGImage(ElementTree.fromstring(svg), address, _nothing, None)  # noqa: S314 - a design of ours
        except ElementTree.ParseError as error:
            raise CannotPrint(f"the drawing {address} is not SVG: {error}.") from error
        self._drawn: dict[tuple[float, float], _Kept] = {}

    def get_intrinsic_size(self, resolution: Any, font_size: Any) -> Any:
        """Width, height and their ratio, as WeasyPrint asks."""
        return self._svg.get_intrinsic_size(resolution, font_size)

    def draw(self, stream: Stream, width: float, height: float, style: Any) -> None:
        """Place it, drawn now if it was never drawn at this size; one that cannot be kept is drawn each time."""
        group = stream.add_group(0, 0, width, height)
        kept = self._drawn.get((width, height))
        if kept is not None:
            _replay(kept, group)
        else:
            fonts = dict(group._fonts)
            self._svg.draw(group, width, height, style)
            if group._fonts == fonts and _is_plain(group):
                self._drawn[width, height] = _kept(group)
        stream.draw_x_object(group.id)


def _nothing(url: str, *_more: Any) -> None:
    raise CannotPrint(f"a drawing may not load {url[:200]}.")


@dataclass(frozen=True)
class _Kept:
    """The operators of a group, its graphic states, and the groups in it in the order of their names."""

    box: tuple[float, ...]
    operators: bytes
    states: dict[str, dict[str, float]]
    groups: list[_Kept]


def _is_plain(group: Stream) -> bool:
    """Whether a group is made of paths, plain transparency and such groups; nothing else is kept."""
    resources = group._resources
    return (
        not resources["Pattern"]
        and not resources["Shading"]
        and all("SMask" not in state for state in resources["ExtGState"].values())
        and all(isinstance(inner, Stream) and _is_plain(inner) for inner in resources["XObject"].values())
    )


def _kept(group: Stream) -> _Kept:
    resources = group._resources
    return _Kept(
        tuple(group.extra["BBox"]),
        b"\n".join(map(pydyf._to_bytes, group.stream)),
        {name: dict(state) for name, state in resources["ExtGState"].items()},
        [_kept(inner) for inner in resources["XObject"].values()],
    )


def _replay(kept: _Kept, group: Stream) -> None:
    """Draw what is kept onto a new group; groups in it get the names that the operators call them by."""
    group.extra["BBox"] = pydyf.Array(kept.box)
    group.stream.append(kept.operators)
    for name, state in kept.states.items():
        group._resources["ExtGState"][name] = pydyf.Dictionary(state)
    for inner in kept.groups:
        _replay(inner, group.add_group(0, 0, 0, 0))
