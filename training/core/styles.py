"""Computed styles that are kept from one document of a style sheet to the next. Pure.

WeasyPrint works out some 250 properties of each kind of element, in each document anew, though documents of one sheet
differ in their texts alone. Here they are worked out once, and a document gets copies: the layout changes some values
in place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

from weasyprint import CSS, DEFAULT_OPTIONS, HTML
from weasyprint.css import AnonymousStyle, ComputedStyle, InitialStyle, StyleFor
from weasyprint.css.counters import CounterStyle
from weasyprint.css.targets import TargetCollector
from weasyprint.document import Document
from weasyprint.html import UA_COUNTER_STYLE, UA_STYLESHEET
from weasyprint.images import get_image_from_uri
from weasyprint.layout import LayoutContext
from weasyprint.text.fonts import FontConfiguration

MOST = 5000
"""Styles kept of one sheet: more than a sheet has kinds of element."""
MOST_SHAPES = 100
TOLD = {"href", "alt", "content"}
"""Attributes that say something else in each document."""
BY_WHAT_IS_TOLD = re.compile(rf"\[\s*({'|'.join(TOLD)})[^\]]*=", re.IGNORECASE)

Shape = tuple[tuple[Any, ...], ...]


class Sheet(CSS):
    """A style sheet with the styles that its documents came to, by what is declared and by the shape of a document."""

    def __init__(self, text: str, **options: Any) -> None:
        super().__init__(string=text, **options)
        self.page_sizes: dict[str, Any] = {"box": None, "area": None}
        self.kept: dict[Any, ComputedStyle] = {}
        self.shapes: dict[Shape, list[tuple[int, str | None, ComputedStyle]]] = {}
        self.goes_by_shape = not BY_WHAT_IS_TOLD.search(text)

    def make_room(self) -> None:
        """Forget everything where it has become too much."""
        if len(self.kept) > MOST or len(self.shapes) > MOST_SHAPES:
            self.kept, self.shapes = {}, {}


class SheetDocument(Document):
    """A document of one style sheet and no other: what `style` and `link` in it say is not read."""

    @classmethod
    def lay_out(cls, html: HTML, sheet: Sheet, fonts: FontConfiguration, profiles: Any, **options: Any) -> Document:
        """The pages; `options` as of `HTML.render`."""
        return cls._render(html, fonts, None, profiles, {**DEFAULT_OPTIONS, **options, "stylesheets": [sheet]})

    @classmethod
    def _build_layout_context(
        cls,
        html: HTML,
        font_config: FontConfiguration,
        counter_style: CounterStyle,
        color_profiles: Any,
        options: dict[str, Any],
    ) -> LayoutContext:
        targets = TargetCollector()
        counter_style.update(UA_COUNTER_STYLE)
        pictures = partial(get_image_from_uri, cache=options["cache"], url_fetcher=html.url_fetcher, options=options)
        styles = _Styles(html, options["stylesheets"][0], font_config, targets)
        return LayoutContext(styles, pictures, font_config, counter_style, targets)


class _Styles(StyleFor):
    """The styles of one document: those that the sheet keeps, each as a copy when it is first asked for."""

    _cascaded_styles: dict[tuple[Any, str | None], Any]
    _computed_styles: dict[tuple[Any, str | None], ComputedStyle]

    def __init__(self, html: HTML, sheet: Sheet, fonts: FontConfiguration, targets: TargetCollector) -> None:
        self._sheet = sheet
        self._copies: dict[int, _Copy] = {}
        sheet.make_room()
        sheets = [(UA_STYLESHEET, "user agent", None), (sheet, "user", None)]
        elements = list(html.etree_element.iter())
        shape = _shape(elements) if sheet.goes_by_shape else ()
        known = sheet.shapes.get(shape)
        if known is None:
            super().__init__(html, sheets, False, fonts, targets)
            if shape and not any(kept["anchor"] for kept in self._computed_styles.values()):
                places = {element: place for place, element in enumerate(elements)}
                sheet.shapes[shape] = [(places[one], kind, kept) for (one, kind), kept in self._computed_styles.items()]
        else:
            self._sheets, self.font_config, self._cascaded_styles = sheets, fonts, {}
            self._computed_styles = {(elements[place], kind): kept for place, kind, kept in known}
        self.initial_page_sizes = sheet.page_sizes

    def __call__(self, element: Any, pseudo_type: str | None = None) -> ComputedStyle | None:
        kept = super().__call__(element, pseudo_type)
        if kept is None:
            return None
        copy = self._copies.get(id(kept))
        if copy is None:
            copy = self._copies[id(kept)] = _Copy(kept)
        return copy

    def set_computed_styles(
        self,
        element: Any,
        parent: Any,
        root: Any = None,
        pseudo_type: str | None = None,
        base_url: str | None = None,
        target_collector: TargetCollector | None = None,
    ) -> None:
        """As WeasyPrint's, from what is kept."""
        cascaded = self._cascaded_styles.get((element, pseudo_type), {})
        above = None if parent is None else self._computed_styles[parent, None]
        key = (id(above), pseudo_type, *[_declared(name, *how) for name, how in cascaded.items()])
        kept = self._sheet.kept.get(key)
        if kept is None:
            top = InitialStyle(self.font_config) if above is None else self._computed_styles[root, None]
            of = (above, cascaded, pseudo_type, top, base_url, self.font_config, self._sheet.page_sizes)
            kept = self._sheet.kept[key] = ComputedStyle(*of)  # which holds what the key names by its id
        self._computed_styles[element, pseudo_type] = kept
        if target_collector and kept["anchor"]:
            target_collector.collect_anchor(kept["anchor"])


def _shape(elements: Sequence[Any]) -> Shape:
    """All that a selector can ask of the elements of a document, in its order, but for what they tell."""
    return tuple(
        (
            one.tag,
            len(one),
            bool(one.text),
            *((name, name in TOLD or value) for name, value in one.items()),
        )
        for one in elements
    )


def _declared(name: str, value: Any, weight: tuple[int, float, Sequence[int]]) -> tuple[Any, ...]:
    """What tells a declaration from others. Its value is the sheet's, but for a language: each element has its own."""
    return name, str(value) if name == "lang" else id(value), weight[0], *weight[2]


class _Copy(ComputedStyle):
    """A kept style as one document has it: what nobody has asked for before is worked out in the kept one."""

    def __init__(self, kept: ComputedStyle) -> None:
        self.__dict__.update(kept.__dict__)
        self.__dict__.pop("anonymous_style", None)
        self._kept = kept
        self.update(kept)

    def __missing__(self, key: str) -> Any:
        value = self[key] = self._kept[key]
        return value

    @cached_property
    def anonymous_style(self) -> AnonymousStyle:
        """The style of boxes in this one that have no element."""
        return _AnonymousCopy(self._kept.anonymous_style)


class _AnonymousCopy(AnonymousStyle):
    """The same of a style without an element."""

    def __init__(self, kept: AnonymousStyle) -> None:
        super().__init__(kept.parent_style)
        self._kept = kept
        self.update(kept)

    def __missing__(self, key: str) -> Any:
        value = self[key] = self._kept[key]
        return value
