"""Nothing that a person entered is lost: every form that somebody fills in keeps what is typed (keep.js)."""

from __future__ import annotations

import re

from tests.architecture.sources import product, short

START = re.compile(
    r"\{\{ ?form_start\((?P<made>.*?)\) ?\}\}(?=[\s{<])|<form\b(?P<written>[^>]*(?:\}\}[^>]*)*)>", re.DOTALL
)
END = re.compile(r"\{\{ ?form_end\(\) ?\}\}|</form>")
FILLED_IN = re.compile(
    r"\bfield\(|_field\(|option_list\(|<textarea\b|<select\b|<input\b(?![^>]*type=\"(?:hidden|submit|file)\")"
)
KEPT = ("form_key=", "data-keep=", "data-answers=")  # an answer in a quiz is saved by itself (answers.js)
TEMPLATES = "training/{0}/templates/{0}/{1}.html"
# Forms that keep nothing in the browser: the template, and why.
LEFT_OUT = {
    TEMPLATES.format("accounts", "sign_in"): "a password",
    TEMPLATES.format("accounts", "activate"): "a code and a password",
    TEMPLATES.format("accounts", "own_password"): "passwords",
    TEMPLATES.format("accounts", "forgotten"): "a login, written before anybody is known",
    TEMPLATES.format("accounts", "locked"): "a password",
    TEMPLATES.format("privacy", "consent"): "an identity number, and one tick",
    TEMPLATES.format("messages", "inbox"): "one tick",
    "training/programmes/roster/templates/roster/upload.html": "a file",
    "certificates/templates/certificates/file_form.html": "a file",
    "certificates/templates/certificates/photos/cohort.html": "files",
    "certificates/templates/certificates/photos/parts.html": "a file",
    "courses/templates/courses/_lesson_text.html": "a check for oneself: nothing of it is kept, and the page says so",
}


def _forms(text: str) -> list[tuple[str, str]]:
    """The POST forms of a template: how each begins, and what stands in it."""
    found = []
    for start in START.finditer(text):
        begins = start["made"] or start["written"] or ""
        end = END.search(text, start.end())
        if re.search(r"method=\"(?:get|\{\{)", begins):
            continue
        found.append((begins, text[start.end() : end.start() if end else None]))
    return found


def test_every_form_that_is_filled_in_keeps_what_is_typed() -> None:
    losing, found = [], 0
    for path in product(".html"):
        for begins, inside in _forms(path.read_text(encoding="utf-8")):
            found += 1
            if FILLED_IN.search(inside) and not any(mark in begins for mark in KEPT) and short(path) not in LEFT_OUT:
                losing.append(f"{short(path)}: {begins[:90]}")
    assert found > 60, "the forms of the templates are not found any more"
    assert not losing, "what is typed here is lost on a dead network:\n" + "\n".join(losing)


def test_no_exception_is_out_of_date() -> None:
    texts = {short(path): path.read_text(encoding="utf-8") for path in product(".html")}
    needless = [
        path
        for path in LEFT_OUT
        if not any(
            FILLED_IN.search(inside) and not any(mark in begins for mark in KEPT)
            for begins, inside in _forms(texts.get(path, ""))
        )
    ]
    assert needless == []
