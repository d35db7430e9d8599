"""What every page must keep to. Fails with all faults of the page at once.

Content (what people entered, as opposed to the interface) is whatever stands inside an element with `translate="no"`,
`lang` or `data-content`, and what fills a placeholder of a translated message.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from werkzeug.test import TestResponse

from tests import wording

SAME_HOSTS = {"", "localhost", "anning.test"}
URL_ATTRIBUTES = {"src", "href", "action", "formaction", "poster", "data", "srcset", "cite"}
SPOKEN_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "data-label")
CONTROLS = {"input", "select", "textarea"}
UNLABELLED_INPUTS = {"hidden", "submit", "button", "image", "reset"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass
class PageForm:
    """A form as a browser would send it."""

    action: str
    values: dict[str, Any] = field(default_factory=dict)


class Page:
    """A parsed page with what the rules ask of it."""

    def __init__(self, response: TestResponse) -> None:
        self.text = response.get_data(as_text=True)
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.root: Element = parser.parse(self.text)
        self.errors = [f"line {place[0]}: {code} {details}" for place, code, details in parser.errors]
        self.parents = {child: parent for parent in self.root.iter() for child in parent}
        self.all = [one for one in self.root.iter() if isinstance(one.tag, str)]
        self.ids = Counter(one.get("id") for one in self.all if one.get("id") is not None)
        request = response.request
        chosen = request.args.get("lang") or request.cookies.get("lang")
        self.language = chosen if chosen in {"zh", "en"} else "zh"

    def above(self, element: Element) -> Iterator[Element]:
        """The element and what it stands in, inside out."""
        current: Element | None = element
        while current is not None:
            yield current
            current = self.parents.get(current)

    def is_content(self, element: Element) -> bool:
        """Whether the element is marked, itself or by something around it, as content."""
        return any(
            one.tag != "html"
            and (one.get("translate") == "no" or one.get("lang") is not None or one.get("data-content") is not None)
            for one in self.above(element)
        )

    def named(self, *tags: str) -> list[Element]:
        """The elements of these names."""
        return [one for one in self.all if one.tag in tags]


def words(element: Element) -> str:
    """The text of an element with its white space made single."""
    return " ".join("".join(element.itertext()).split())


def main_text(response: TestResponse) -> str:
    """The words of the page's main part."""
    page = Page(response)
    return words(next(iter(page.named("main")), page.root))


def examine(response: TestResponse, *, crashes_allowed: bool = False) -> None:
    """Raise `AssertionError` with every fault of the answer."""
    faults = list(_header_faults(response))
    if response.status_code >= 500 and not crashes_allowed:
        faults.append(f"the application crashed or is unavailable: {response.status_code}")
    if response.mimetype == "text/html" and response.request.method != "HEAD" and not 300 <= response.status_code < 400:
        page = Page(response)
        for rule in RULES:
            faults.extend(rule(page))
    if faults:
        request = response.request
        listed = "\n".join(f"  - {fault}" for fault in faults)
        raise AssertionError(
            f"{request.method} {request.path} ({response.status_code}) breaks the house rules:\n{listed}"
        )


def _header_faults(response: TestResponse) -> Iterator[str]:
    for name, value in HEADERS.items():
        if response.headers.get(name) != value:
            yield f"header {name} is {response.headers.get(name)!r}, not {value!r}"
    policy = response.headers.get("Content-Security-Policy", "")
    for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
        if part not in policy:
            yield f"the content security policy lacks {part}"
    if "unsafe" in policy or "*" in policy:
        yield f"the content security policy is weak: {policy}"
    if "Permissions-Policy" not in response.headers:
        yield "header Permissions-Policy is missing"
    if response.mimetype == "text/html" and "Cache-Control" not in response.headers:
        yield "header Cache-Control is missing"
    yield from _cookie_and_redirect_faults(response)


def _cookie_and_redirect_faults(response: TestResponse) -> Iterator[str]:
    for cookie in response.headers.getlist("Set-Cookie"):
        if "HttpOnly" not in cookie or "SameSite=Lax" not in cookie:
            yield f"a cookie without HttpOnly or SameSite: {cookie.partition('=')[0]}"
    location = response.headers.get("Location", "")
    if (urlsplit(location).hostname or "") not in SAME_HOSTS:
        yield f"redirects to another host: {location}"


def _validity(page: Page) -> Iterator[str]:
    yield from page.errors
    for name, times in page.ids.items():
        if times > 1 or not name or " " in name:
            yield f"id {name!r} stands {times} times, or is malformed"


def _headings(page: Page) -> Iterator[str]:
    html = page.root
    expected = {"zh": "zh-CN", "en": "en"}[page.language]
    if html.get("lang") != expected:
        yield f"<html lang> is {html.get('lang')!r}, not {expected!r}"
    heads = page.named("h1")
    if len(heads) != 1:
        yield f"{len(heads)} h1 where there must be one"
        return
    heading, title = words(heads[0]), words(page.named("title")[0]) if page.named("title") else ""
    if not heading or not title.startswith(heading):
        yield f"<title> {title!r} does not begin with the h1 {heading!r}"
    if len(page.named("main")) != 1:
        yield "there must be one <main>"


def _label_faults(page: Page) -> Iterator[str]:
    targets = {one.get("for") for one in page.named("label") if one.get("for")}
    for control in page.named(*CONTROLS):
        if control.tag == "input" and control.get("type", "text") in UNLABELLED_INPUTS:
            continue
        labelled = (
            control.get("aria-label")
            or control.get("aria-labelledby")
            or control.get("id") in targets
            or any(one.tag == "label" for one in page.above(control))
        )
        if not labelled:
            yield f"<{control.tag} name={control.get('name')!r}> has no label"
    for one in page.named("button", "a", "summary"):
        spoken = words(one) or one.get("aria-label") or any(image.get("alt") for image in one.iter("img"))
        if not spoken:
            yield f"<{one.tag}> without words: {one.get('href') or one.get('name')}"
    for one in page.named("img"):
        if one.get("alt") is None:
            yield f"<img src={one.get('src')!r}> has no alt"


def _references(page: Page) -> Iterator[str]:
    for one in page.all:
        for name in ("aria-describedby", "aria-labelledby", "aria-controls", "for", "list", "form", "headers"):
            if name in {"for", "list", "form", "headers"} and one.tag not in {
                "label",
                "output",
                "input",
                "button",
                "td",
                "th",
            }:
                continue
            for target in (one.get(name) or "").split():
                if target not in page.ids:
                    yield f"<{one.tag} {name}> points at {target!r}, which is not there"
        target = one.get("href") or ""
        if one.tag == "a" and target.startswith("#") and target[1:] not in page.ids:
            yield f"a link leads to {target!r}, which is not there"


def _forms(page: Page) -> Iterator[str]:
    for form in page.named("form"):
        if not form.get("action"):
            yield "a form without an action"
        method = (form.get("method") or "get").lower()
        tokens = [one for one in form.iter("input") if one.get("name") == "csrf_token" and one.get("value")]
        if method == "post" and len(tokens) != 1:
            yield f"POST form to {form.get('action')} carries {len(tokens)} CSRF tokens"
        if method == "get" and tokens:
            yield f"GET form to {form.get('action')} shows its CSRF token in the address"
        enabled = [one for one in form.iter() if one.tag in CONTROLS and one.get("disabled") is None]
        buttons = [one for one in form.iter() if one.tag == "button" or one.get("type") == "submit"]
        if enabled and not buttons:  # a form that only shows how something will look is all disabled
            yield f"form to {form.get('action')} has no button"


def _inline_code(page: Page) -> Iterator[str]:
    for one in page.all:
        if one.tag == "style" or (one.tag == "script" and not one.get("src")):
            yield f"inline <{one.tag}>"
        for name, value in one.attrib.items():
            name = str(name)
            if name == "style" or re.fullmatch(r"on[a-z]+", name):
                yield f"<{one.tag} {name}=…> is inline code"
            if name in URL_ATTRIBUTES or name.endswith("href"):
                yield from _address_faults(page, one, name, value)


def _address_faults(page: Page, element: Element, name: str, value: str) -> Iterator[str]:
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        yield f"<{element.tag} {name}> holds a broken address {value!r}"
        return
    if parts.scheme in {"javascript", "vbscript"} or (parts.scheme == "data" and element.tag != "img"):
        yield f"<{element.tag} {name}> is code: {value[:40]!r}"
    quoted = element.tag == "a" and page.is_content(element)
    if (parts.hostname or "") not in SAME_HOSTS and not quoted:
        yield f"<{element.tag} {name}> refers to another host: {value}"


def _language(page: Page) -> Iterator[str]:
    heading = words(page.named("h1")[0]) if page.named("h1") else ""
    for element in page.all:
        if element.tag in {"script", "style", "textarea"}:
            continue
        texts = [] if page.is_content(element) else [element.text or ""]
        texts += [child.tail or "" for child in element if not page.is_content(element)]
        if element.tag == "title":
            texts = [(element.text or "").replace(heading, "")]
        if not page.is_content(element):
            texts += [element.get(name) or "" for name in SPOKEN_ATTRIBUTES]
            texts += [value for name, value in element.attrib.items() if str(name).startswith("data-text-")]
        for text in texts:
            fault = wording.fault_of(text, page.language)
            if fault:
                yield f"<{element.tag}>: {fault}"


RULES = (_validity, _headings, _label_faults, _references, _forms, _inline_code, _language)


def form_of(response: TestResponse, action: str | None = None) -> PageForm:
    """The POST form of a page by its address, or the only one of its main part."""
    page = Page(response)
    forms = [
        one
        for one in page.named("form")
        if (one.get("method") or "").lower() == "post"
        and (
            urlsplit(one.get("action") or "").path == action
            if action
            else any(outer.tag == "main" for outer in page.above(one))
        )
    ]
    found = [urlsplit(one.get("action") or "").path for one in page.named("form")]
    assert len(forms) == 1, f"{len(forms)} fitting forms on {response.request.path}; there are {found}"
    form = PageForm(forms[0].get("action") or "")
    for control in forms[0].iter():
        _take_value(form.values, control)
    return form


def _take_value(values: dict[str, Any], control: Element) -> None:
    name = control.get("name")
    if not name or control.get("disabled") is not None:
        return
    kind = control.get("type", "text") if control.tag == "input" else control.tag
    if kind in {"checkbox", "radio"}:
        chosen = [control.get("value", "on")] if control.get("checked") is not None else []
    elif kind == "select":
        options = list(control.iter("option"))
        chosen = [one.get("value", words(one)) for one in options if one.get("selected") is not None]
        if not chosen and control.get("multiple") is None:
            chosen = [one.get("value", words(one)) for one in options[:1]]
    elif kind == "textarea":
        chosen = [control.text or ""]
    elif kind in {"submit", "button", "image", "reset", "file"}:
        return
    else:
        chosen = [control.get("value") or ""]
    if chosen:
        held = values.get(name, [])
        together = [*(held if isinstance(held, list) else [held]), *chosen]
        values[name] = together if len(together) > 1 else together[0]
