"""What every source file keeps to: sizes, names, docstrings, one place that commits, no place of a machine."""

from __future__ import annotations

import ast
import re

from tests.architecture.sources import PACKAGES, docstrings, product, python, short, tracked, tree
from tests.wording import CHINESE

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
ONE_PLACE = {"training/core/db.py", "training/core/schema.py", "training/core/alembic/env.py"}
BELOW_THE_VIEWS = ("services", "queries", "policies", "models")
GETTEXT = {"_", "_l", "_n", "gettext", "ngettext"}
IDEOGRAPH = re.compile("[\u3400-\u9fff]")
# Chinese that is data or a form, not a text of the interface: the file, and why.
CHINESE_AS_DATA = {
    "training/core/scopes.py": "the bilingual name of the root",
    "training/core/web.py": "the product's name",
    "training/core/i18n.py": "the form of dates",
    "training/core/commands.py": "the product's name",
    "wsgi.py": "the product's name",
    "question_bank/item_types/flaws.py": "words that give an item away",
    "question_bank/terms.py": "the ranges of characters that are searched by pairs",
    "courses/figures.py": "the languages' own names, on captions",
    "certificates/standings/queries.py": "the bilingual name of no end, beside the bilingual names of months",
    "training/reports/catalogue.py": "the bilingual names of months and of what was not recorded",
    "training/reports/completion.py": "the bilingual name of the sum, beside the bilingual names of cities",
    "training/practice/screening.py": "what identifiers of patients look like in Chinese",
    "certificates/pdf.py": "a certificate is printed in both languages at once",
    "certificates/signing/seat.py": "the name of the field, printed for screen readers in both languages at once",
}


def test_functions_have_at_most_fifty_lines_and_files_four_hundred() -> None:
    faults = []
    for path in python(with_tests=True):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > 400:
            faults.append(f"{short(path)}: {lines} lines")
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > 50:
                    faults.append(f"{short(path)}:{node.lineno}: {node.name} has {length} lines")
    assert not faults, "\n".join(faults)


def test_most_functions_and_files_are_short() -> None:
    files, functions = [], []
    for path in python():
        files.append(len(path.read_text(encoding="utf-8").splitlines()))
        functions += [
            (node.end_lineno or node.lineno) - node.lineno + 1
            for node in ast.walk(tree(path))
            if isinstance(node, ast.FunctionDef)
        ]
    assert sorted(files)[len(files) * 9 // 10] <= 250
    assert sorted(functions)[len(functions) * 9 // 10] <= 30


def test_every_module_says_what_it_is_for() -> None:
    silent = [short(path) for path in python() if not ast.get_docstring(tree(path))]
    assert not silent, silent


def test_no_module_is_an_attic() -> None:
    attics = [short(path) for path in python(with_tests=True) if {path.stem, *path.parent.parts} & FORBIDDEN_NAMES]
    assert not attics, attics


def test_only_one_place_commits() -> None:
    faults = []
    for path in python():
        if short(path) in ONE_PLACE:
            continue
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in {"commit", "rollback", "begin", "begin_nested"}:
                faults.append(f"{short(path)}:{node.lineno}: .{node.func.attr}() outside training/core/db.py")
    assert not faults, "\n".join(faults)


def test_services_queries_policies_and_models_open_no_transaction() -> None:
    faults = []
    for path in python():
        if not set(BELOW_THE_VIEWS) & {path.stem, *path.parent.parts}:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in {"transaction", "reading"}:
                    faults.append(f"{short(path)}:{node.lineno}: {name}()")
    assert not faults, "\n".join(faults)


def test_no_model_cascades_and_no_relationship_loads_by_itself() -> None:
    faults = []
    for path in python():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            words = {one.arg: one.value for one in node.keywords if one.arg}
            ondelete = words.get("ondelete")
            if isinstance(ondelete, ast.Constant) and str(ondelete.value).upper() == "CASCADE":
                faults.append(f"{short(path)}:{node.lineno}: ON DELETE CASCADE")
            if getattr(node.func, "id", "") == "relationship":
                lazy = words.get("lazy")
                if not (isinstance(lazy, ast.Constant) and lazy.value == "raise"):
                    faults.append(f"{short(path)}:{node.lineno}: a relationship that is not lazy='raise'")
    assert not faults, "\n".join(faults)


def test_the_time_comes_from_the_clock() -> None:
    faults = []
    for path in python():
        if short(path) == "training/core/clock.py":
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                owner = getattr(node.value, "id", getattr(node.value, "attr", ""))
                if owner in {"datetime", "date"}:
                    faults.append(f"{short(path)}:{node.lineno}: {owner}.{node.attr}")
    assert not faults, "\n".join(faults)


def test_no_file_names_a_place_of_one_machine() -> None:
    hosts = ["pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org", "npmmirror" + ".com"]
    folders = ["/" + "work/", "/" + "root/", "/home" + "/", "/Users" + "/", "\\Users" + "\\"]
    faults = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        faults += [f"{short(path)}: {one}" for one in (*hosts, *folders) if one in text]
    assert not faults, "\n".join(faults)


def test_views_import_no_roles() -> None:
    faults = []
    for path in python():
        if "views" not in {path.stem, path.parent.name}:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "Role":
                faults.append(f"{short(path)}:{node.lineno}: a view names a role; name a permission")
    assert not faults, "\n".join(faults)


def test_texts_for_people_are_not_written_in_chinese_in_the_code() -> None:
    faults = []
    for path in python():
        if short(path) in CHINESE_AS_DATA or path.stem in {"sample", "samples"} or "samples" in path.parts:
            continue
        if "exchange" in path.parts:  # what instructors' files say, read and written
            continue
        kept = docstrings(tree(path))
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            if IDEOGRAPH.search(node.value) and id(node) not in kept:
                faults.append(f"{short(path)}:{node.lineno}: {node.value[:40]!r}")
    assert not faults, "\n".join(faults)


JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TAG = re.compile(r"<[^>]*>", re.DOTALL)
LOOSE_ATTRIBUTE = re.compile(r'\b[\w-]+="[^"]*"|\b[\w-]+="|\bdata-[\w-]+|\bhidden\b')  # in macros that write attributes
SPOKEN = re.compile(r'\b(?:aria-label|title|placeholder|alt)="([^"]*)"')


def test_templates_hold_no_text_outside_gettext_and_no_inline_code() -> None:
    faults = []
    for path in product(".html"):
        if path.relative_to(path.parents[0]).name == "document.html":  # the printed certificate is bilingual by itself
            continue
        text = path.read_text(encoding="utf-8")
        plain = JINJA.sub("", text)
        spoken = SPOKEN.findall(plain)
        bare = LOOSE_ATTRIBUTE.sub("", re.sub(r"English|中文|Anning|安宁", "", TAG.sub(" ", plain)))
        for piece in (*spoken, bare):
            faults += [f"{short(path)}: {found!r}" for found in re.findall(r"[A-Za-z]{3,}(?: [A-Za-z]+)*", piece)]
            faults += [f"{short(path)}: {found!r}" for found in CHINESE.findall(piece)]
        faults += [
            f"{short(path)}: {found}" for found in re.findall(r"<style|\sstyle=|<script(?![^>]*src)|\son\w+=", plain)
        ]
    assert not faults, "\n".join(sorted(set(faults)))


def test_nothing_is_left_for_later_in_the_sources() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error")
    faults = [
        f"{short(path)}: {mark}"
        for path in (*python(with_tests=True), *product(".html"), *product(".js"))
        for mark in marks
        if re.search(rf"\b{mark}\b", path.read_text(encoding="utf-8"))
    ]
    assert not faults, "\n".join(faults)


def test_every_package_keeps_its_catalogue_and_its_migrations() -> None:
    names = {short(path) for path in tracked()}
    for package in PACKAGES:
        assert any(one.startswith(f"{package}/migrations/{package}_001") for one in names), package
        assert f"{package}/translations/zh/LC_MESSAGES/messages.po" in names, package


def test_texts_for_people_stand_outside_of_f_strings() -> None:
    """Babel passes by what stands inside one: such a text is never translated."""
    faults = [
        f"{short(path)}:{call.lineno}: {call.func.id}"
        for path in python()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in GETTEXT
    ]
    assert not faults, "\n".join(faults)
