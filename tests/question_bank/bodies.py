"""A sound body of every type, to be changed by tests."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.media_files import png
from tests.question_bank.conftest import a1, both, judgement, option, x

PICTURE = png(40, 30)  # of the hot-spot


def in_chinese(body: Any) -> Any:
    """The same body without its English texts."""
    if isinstance(body, dict):
        return {name: in_chinese(value) for name, value in body.items() if not (name == "en" and "zh" in body)}
    return [in_chinese(one) for one in body] if isinstance(body, list) else body


def options(ids: str) -> list[dict[str, Any]]:
    return [option(one) for one in ids]


def part(name: str, *key: str, ids: str = "", **more: Any) -> dict[str, Any]:
    own = {"options": options(ids)} if ids else {}
    return {"id": name, "stem": both(f"question {name}"), "key": list(key), **own, **more}


def a3() -> dict[str, Any]:
    return {"stem": both("a case"), "parts": [part("1", "b", ids="abcde"), part("2", "a", ids="abcd")]}


def a4(*, back: bool = True) -> dict[str, Any]:
    parts = [part(one, "c", ids="abcde", release=both(f"facts {one}")) for one in "123"]
    return {"stem": both("a case"), "parts": parts, "back": back}


def b1() -> dict[str, Any]:
    return {"options": options("abcde"), "parts": [part("1", "c"), part("2", "c"), part("3", "a")]}


def case() -> dict[str, Any]:
    return {
        "stem": both("a case"),
        "parts": [
            part("1", "a", "b", "c", ids="abcdef"),
            part("2", "d", ids="abcdefgh"),
            part("3", "a", "f", ids="abcdef"),
        ],
    }


def choice(*key: str, multiple: bool = False, **more: Any) -> dict[str, Any]:
    return {"stem": both("stem"), "options": options("abcd"), "key": list(key), "multiple": multiple, **more}


def matching() -> dict[str, Any]:
    return {
        "stem": both("match"),
        "options": options("abcd"),
        "parts": [part("1", "b"), part("2", "a"), part("3", "d")],
    }


def ordering() -> dict[str, Any]:
    return {"stem": both("put in order"), "options": options("abcde")}


def blanks() -> dict[str, Any]:
    return {
        "stem": both("first [[1]], then [[2]]"),
        "blanks": [
            {"id": "1", "accepted": [{"text": "吗啡"}, {"text": "Morphine", "weight": "100"}]},
            {"id": "2", "accepted": [{"text": "10*mg", "weight": "100"}, {"text": "*", "weight": "0"}]},
        ],
    }


def short(*accepted: str, **more: Any) -> dict[str, Any]:
    return {"stem": both("which drug"), "accepted": [{"text": one, "weight": "100"} for one in accepted], **more}


def numeric(low: str = "9.5", high: str = "10.5", **more: Any) -> dict[str, Any]:
    return {"stem": both("how much"), "answers": [{"low": low, "high": high, "weight": "100"}], **more}


def calculated(**more: Any) -> dict[str, Any]:
    return {
        "stem": both("{dose} mg every 4 hours, {rescue} rescue doses of {dose} mg: how much a day?"),
        "explanation": both("{dose} × 6 + {rescue} × {dose} = {key}"),
        "parameters": [
            {"name": "dose", "values": ["5", "10", "20"]},
            {"name": "rescue", "from": "0", "to": "4", "step": "1"},
        ],
        "constraints": ["dose * rescue <= 60"],
        "formula": "dose * 6 + rescue * dose",
        "check": "(6 + rescue) × dose",
        "unit": "mg",
        "units": {"g": "1000"},
        "cap": "200",
        "strengths": ["5", "10"],
        **more,
    }


def essay() -> dict[str, Any]:
    return {"stem": both("discuss"), "rubric": [{"id": "1", "text": both("names it"), "points": 4}], "longest": 100}


def hotspot() -> dict[str, Any]:
    return {
        "stem": both("where"),
        "pictures": [{"name": "pump.png", "file": hashlib.sha256(PICTURE).hexdigest(), "alt": both("a pump")}],
        "picture": "pump.png",
        "regions": [
            {"id": "a", "label": both("top"), "shape": "rect", "at": [0, 0, 1000, 200]},
            {"id": "b", "label": both("dial"), "shape": "circle", "at": [500, 500, 100]},
            {"id": "c", "label": both("base"), "shape": "polygon", "at": [0, 900, 1000, 900, 500, 1000]},
        ],
        "key": ["b"],
    }


SOUND: dict[str, list[dict[str, Any]]] = {
    "A1": [a1("b")],
    "A2": [a1("c")],
    "A3": [a3()],
    "A4": [a4(), a4(back=False)],
    "B1": [b1()],
    "X": [x("a", "d")],
    "case": [case()],
    "judgement": [judgement("false")],
    "choice": [
        choice("b"),
        choice("b", weights={"b": "100", "a": "50", "c": "-25"}),
        choice("a", "c", multiple=True, weights={"a": "50", "c": "50", "b": "-50"}),
    ],
    "blanks": [blanks()],
    "short": [short("吗啡", "morphine*")],
    "numeric": [
        numeric(),
        numeric(unit="mg", units={"g": "1000", "毫克": "1"}, unit_required=True, critical=[">= 50"]),
    ],
    "calculated": [
        calculated(critical=[">= key * 10"]),
        calculated(wrong=["dose * 6", "dose * 60"], constraints=["rescue > 0"]),
        calculated(formula="dose / 7 + 0 * rescue", check="dose * 3 / 21", strengths=[], decimals=2),
        calculated(formula="dose / 7 + 0 * rescue", check="dose * 3 / 21", strengths=[], tolerance="0.1"),
    ],
    "matching": [matching()],
    "ordering": [ordering()],
    "essay": [essay()],
    "hotspot": [hotspot()],
}
EACH = [(name, body) for name, bodies in SOUND.items() for body in bodies]
