"""A place in a picture (图片定位), chosen among numbered regions, so that a keyboard does it as well. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from question_bank.item_types import about, choice, texts
from question_bank.item_types.protocol import Body, Fault, Shown, ShownOption

WHOLE = 1000  # coordinates are thousandths of the picture's width and height
MOST_POINTS = 30


def regions_of(body: Body) -> list[Body]:
    """The regions of a picture; empty where they are missing or malformed."""
    return texts.rows(body.get("regions"))


class Hotspot(choice.ChoiceType):
    """One region is right; regions are numbered as written and never shuffled.

    `at` is as in HTML's image maps: left, top, right, bottom of a `rect`; centre and radius (in thousandths of the
    width) of a `circle`; the corners of a `polygon`.
    """

    name = "hotspot"
    entry = "regions"
    staged = False
    fewest, most = 2, 12

    def validate(self, body: Body) -> list[Fault]:
        """Stem, picture, regions with their names, key, and what stands beside them."""
        body = texts.mapping(body)
        languages = texts.spoken(body)
        regions = regions_of(body)
        picture = body.get("picture")
        known = isinstance(picture, str) and picture in about.pictures_of(body)
        return [
            *texts.faults(body.get("stem"), "stem", languages),
            *([] if known else [Fault("picture_unknown", "picture", figure=str(picture or ""))]),
            *self._region_faults(regions, languages),
            *choice.key_faults(body, regions, multiple=False),
            *texts.optional_faults(body.get("explanation"), "explanation", languages),
            *about.faults(body),
            *about.critical_faults(body, choice.ids_of(regions), choice.key_of(body)),
        ]

    def _region_faults(self, regions: Sequence[Body], languages: Sequence[str]) -> Iterator[Fault]:
        if len(regions) < self.fewest:
            yield Fault("too_few_regions", "regions", figure=self.fewest)
        if len(regions) > self.most:
            yield Fault("too_many_regions", "regions", figure=self.most)
        yield from texts.id_faults(regions, "regions")
        for number, region in enumerate(regions, start=1):
            code = geometry_fault(region.get("shape"), region.get("at"))
            if code:
                yield Fault(code, "regions", str(number))
            yield from texts.faults(region.get("label"), "label", languages, option=str(number))
            for other, earlier in enumerate(regions[: number - 1], start=1):
                if (region.get("shape"), region.get("at")) == (earlier.get("shape"), earlier.get("at")):
                    yield Fault("same_region", "regions", str(number), figure=other)
                    break

    def draw(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """The regions, always as written."""
        return choice.ids_of(regions_of(body))

    def show(self, body: Body, draw: Sequence[str]) -> Shown:
        """One part with a numbered choice for each region; `regions` have their geometry and number."""
        known = {texts.id_of(one): one for one in regions_of(body)}
        numbered = [(str(place), one) for place, one in enumerate(draw, start=1) if one in known]
        key = choice.key_of(body)
        options = [
            ShownOption(
                id=one, value=one, letter=number, text=known[one].get("label") or {}, explanation={}, right=one in key
            )
            for number, one in numbered
        ]
        shown = super().show(body, [])
        regions = [{**known[one], "number": number} for number, one in numbered]
        picture = str(body.get("picture") or "")
        return replace(shown, parts=[replace(shown.parts[0], options=options)], regions=regions, picture=picture)


def geometry_fault(shape: object, at: object) -> str | None:
    """Why numbers make no region: `region_shape`, `region_outside`, `region_empty`, or None."""
    if not isinstance(at, list) or len(at) > 2 * MOST_POINTS or not all(type(one) in (int, float) for one in at):
        return "region_shape"
    if not all(-WHOLE <= one <= WHOLE for one in at):
        return "region_outside"
    if shape == "circle" and len(at) == 3:
        x, y, radius = at
        corners = [(x - radius, y), (x + radius, y)]
        empty = radius <= 0
    elif shape == "rect" and len(at) == 4:
        corners = [(at[0], at[1]), (at[2], at[3])]
        empty = at[0] >= at[2] or at[1] >= at[3]
    elif shape == "polygon" and len(at) >= 6 and len(at) % 2 == 0:
        corners = list(zip(at[::2], at[1::2], strict=True))
        empty = _area(corners) == 0
    else:
        return "region_shape"
    if not all(0 <= x <= WHOLE and 0 <= y <= WHOLE for x, y in corners):
        return "region_outside"
    return "region_empty" if empty else None


def _area(corners: Sequence[tuple[float, float]]) -> float:
    """Twice the area of a polygon, by the shoelace formula."""
    turned = [*corners[1:], corners[0]]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, turned, strict=True)))
