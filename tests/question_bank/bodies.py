"""A sound body of every type, to be changed by tests."""

from __future__ import annotations

from typing import Any

from tests.question_bank.conftest import a1, both, judgement, option, x


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
    "matching": [matching()],
    "ordering": [ordering()],
}
EACH = [(name, body) for name, bodies in SOUND.items() for body in bodies]
