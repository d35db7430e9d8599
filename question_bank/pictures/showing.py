"""Pictures as pages show them: in texts by their names, and with the regions that are drawn over them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from question_bank.item_types import Body, about, hotspot, texts
from question_bank.pictures import queries

Address = Callable[[str], str]
"""The address at which a page's reader gets the picture of that hash."""
EDGE = 40  # thousandths that the number of a region stays away from the edge of the picture
CORNER = 0.7071  # of a radius: where a circle's number sits


@dataclass(frozen=True)
class Picture:
    """A picture with its words in both languages; width and height in pixels."""

    name: str
    url: str
    alt: Mapping[str, str] = field(default_factory=dict)
    width: int = 1
    height: int = 1

    @property
    def tall(self) -> int:
        """The height in thousandths of the width."""
        return max(1, round(hotspot.WHOLE * self.height / self.width))


Pictures = Mapping[str, Picture]


@dataclass(frozen=True)
class Region:
    """A region as it is drawn, in thousandths of the picture's width: an SVG path, and the place of its number."""

    value: str
    number: str
    path: str
    x: float
    y: float
    chosen: bool
    right: bool


def shown(bodies: Sequence[Body], address: Address) -> list[Pictures]:
    """The pictures of each body by name; one query, none where there are no pictures."""
    files = [about.files_of(body) for body in bodies]
    stored = queries.pictures_by_hash({sha256 for one in files for sha256 in one.values()})
    return [
        {
            name: Picture(
                name, address(sha256), alts.get(name, {}), stored[sha256].width or 1, stored[sha256].height or 1
            )
            for name, sha256 in named.items()
            if sha256 in stored
        }
        for named, alts in zip(files, map(_alts, bodies), strict=True)
    ]


def _alts(body: Body) -> dict[str, Any]:
    return {str(one.get("name", "")): texts.mapping(one.get("alt")) for one in texts.rows(body.get("pictures"))}


def pieces(text: str, pictures: Pictures) -> Iterator[str | Picture]:
    """A text as what is read and what is seen, in turn."""
    place = 0
    for found in about.PLACED.finditer(text):
        if found[1] in pictures:
            if before := text[place : found.start()].strip():
                yield before
            yield pictures[found[1]]
            place = found.end()
    if rest := text[place:].strip() if place else text:
        yield rest


def plain(text: str, pictures: Pictures) -> str:
    """The same for a place that shows words alone."""
    return " ".join(one for one in pieces(text, pictures) if isinstance(one, str))


def drawn(
    regions: Sequence[Mapping[str, Any]], picture: Picture, chosen: Collection[str], right: Collection[str]
) -> list[Region]:
    """The regions that can be drawn; a draft may have others."""
    made = []
    for one in regions:
        shape, at = one.get("shape"), one.get("at")
        if hotspot.geometry_fault(shape, at) is None:
            path, x, y = _outline(str(shape), list(at or ()), picture.tall)
            number, value = str(one.get("number", "")), texts.id_of(one)
            made.append(Region(value, number, path, x, y, value in chosen, value in right))
    return made


def _outline(shape: str, at: Sequence[float], tall: int) -> tuple[str, float, float]:
    """The path of a region and the place of its number: at a corner, so that it hides little of what is meant."""
    scale = tall / hotspot.WHOLE
    if shape == "circle":
        x, y, radius = at[0], at[1] * scale, at[2]
        arcs = "".join(f"a{radius:g} {radius:g} 0 1 0 {step:g} 0" for step in (2 * radius, -2 * radius))
        return f"M{x - radius:g} {y:g}{arcs}z", *_inside(x - CORNER * radius, y - CORNER * radius, tall)
    if shape == "rect":
        left, top, right, bottom = at
        at = [left, top, right, top, right, bottom, left, bottom]
    corners = [(x, y * scale) for x, y in zip(at[::2], at[1::2], strict=True)]
    return f"M{'L'.join(f'{x:g} {y:g}' for x, y in corners)}z", *_inside(*corners[0], tall)


def _inside(x: float, y: float, tall: int) -> tuple[float, float]:
    return (
        round(min(max(x, EDGE), hotspot.WHOLE - EDGE), 1),
        round(min(max(y, min(EDGE, tall / 2)), max(tall - EDGE, tall / 2)), 1),
    )
