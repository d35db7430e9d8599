"""Bodies of every type, drawn by hypothesis: what authors write, separators, signs and brackets included."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

LETTERS = "abcdefghijkl"
ALPHABET = "甲乙丙吗啡 abAB|；;\\[]().=+-@'\"_\n1/、，（）对错√"

words = st.text(alphabet=ALPHABET, min_size=1, max_size=10).map(lambda text: f"词{text}语".strip())
texts = st.one_of(
    st.builds(lambda text: {"zh": text, "en": ""}, words),
    st.builds(lambda zh, en: {"zh": zh, "en": en}, words, words),
)
decimals = st.decimals(-5000, 5000, places=2, allow_nan=False).map(lambda one: format(one.normalize(), "f"))
weights = st.sampled_from(["100", "50", "33.3", "0", "-25"])


def bodies(type_name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of a type."""
    return st.composite(MAKERS[type_name])().map(_with_common)


def _with_common(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "source": "指南 2025", "about": {"difficulty": 4, "level": "apply", "review_by": "2027-06-30"}}


def _options(draw: Any, fewest: int, most: int) -> list[dict[str, Any]]:
    found = draw(st.lists(texts, min_size=fewest, max_size=most, unique_by=(lambda one: one["zh"],)))
    options = [{"id": letter, "text": text} for letter, text in zip(LETTERS, found, strict=False)]
    for one in options:
        if draw(st.booleans()):
            one["explanation"] = draw(texts)
    return options


def _keyed(draw: Any, options: list[dict[str, Any]], fewest: int, most: int) -> dict[str, Any]:
    ids = [one["id"] for one in options]
    key = draw(st.lists(st.sampled_from(ids), min_size=fewest, max_size=most, unique=True))
    return {"options": options, "key": sorted(key)}


def _wrong(draw: Any, body: dict[str, Any]) -> list[str]:
    return [one["id"] for one in body["options"] if one["id"] not in body["key"] and draw(st.booleans())]


def _one_best(draw: Any) -> dict[str, Any]:
    body = _keyed(draw, _options(draw, 4, 6), 1, 1)
    return {"stem": draw(texts), **body, "critical": _wrong(draw, body), "explanation": draw(texts)}


def _several(draw: Any) -> dict[str, Any]:
    body = _keyed(draw, _options(draw, 4, 6), 2, 4)
    return {"stem": draw(texts), **body, "critical": _wrong(draw, body)}


def _choice(draw: Any) -> dict[str, Any]:
    body = _keyed(draw, _options(draw, 2, 10), 1, 1)
    shares = {one: draw(weights) for one in draw(st.sets(st.sampled_from([one["id"] for one in body["options"]])))}
    return {"stem": draw(texts), **body, "multiple": draw(st.booleans()), "weights": shares}


def _judgement(draw: Any) -> dict[str, Any]:
    said = draw(st.sampled_from(["true", "false"]))
    named = {"true": {"zh": "对", "en": "True"}, "false": {"zh": "错", "en": "False"}}
    options = [{"id": one, "text": text, "explanation": draw(texts)} for one, text in named.items()]
    return {"stem": draw(texts), "options": options, "key": [said]}


def _case(draw: Any, fewest: int, most: int, options: tuple[int, int], keys: int, *, told: bool) -> dict[str, Any]:
    parts, critical = [], []
    for number in range(1, draw(st.integers(fewest, most)) + 1):
        body = _keyed(draw, _options(draw, *options), 1, keys)
        part = {"id": str(number), "stem": draw(texts), **body}
        parts.append({**part, "release": draw(texts)} if told and draw(st.booleans()) else part)
        critical += [f"{number}:{one}" for one in _wrong(draw, body)]
    return {"stem": draw(texts), "parts": parts, "critical": critical, "explanation": draw(texts)}


def _a3(draw: Any) -> dict[str, Any]:
    return _case(draw, 2, 3, (4, 5), 1, told=False)


def _a4(draw: Any) -> dict[str, Any]:
    return {**_case(draw, 3, 4, (4, 5), 1, told=True), "back": draw(st.booleans())}


def _case_analysis(draw: Any) -> dict[str, Any]:
    return _case(draw, 3, 3, (6, 7), 4, told=True)


def _shared(draw: Any) -> dict[str, Any]:
    options = _options(draw, 2, 10)
    ids = [one["id"] for one in options]
    count = draw(st.integers(2, 4))
    parts = [
        {"id": f"q{number}", "stem": draw(texts), "key": [draw(st.sampled_from(ids))]} for number in range(1, count + 1)
    ]
    return {"options": options, "parts": parts}


def _blanks(draw: Any) -> dict[str, Any]:
    count = draw(st.integers(1, 3))
    names = [str(number) for number in range(1, count + 1)]
    zh = "".join(f"{draw(words)}[[{one}]]" for one in names)
    en = "".join(f"{draw(words)}[[{one}]]" for one in draw(st.permutations(names)))
    blanks = [{"id": one, "accepted": _accepted(draw), "case": draw(st.booleans())} for one in names]
    return {"stem": {"zh": zh, "en": draw(st.sampled_from(["", en]))}, "blanks": blanks}


def _accepted(draw: Any) -> list[dict[str, Any]]:
    found = draw(st.lists(words, min_size=1, max_size=3, unique=True))
    return [{"text": one, "weight": draw(weights)} for one in found]


def _short(draw: Any) -> dict[str, Any]:
    accepted = _accepted(draw)
    accepted[0]["explanation"] = draw(texts)
    return {"stem": draw(texts), "accepted": accepted, "case": draw(st.booleans())}


def _essay(draw: Any) -> dict[str, Any]:
    rubric = [
        {
            "id": str(number),
            "text": {"zh": f"要点{number}", "en": f"point {number}"},
            "points": draw(st.integers(1, 20)),
        }
        for number in range(1, draw(st.integers(1, 4)) + 1)
    ]
    return {"stem": draw(texts), "rubric": rubric, "longest": 1500}


def _numeric(draw: Any) -> dict[str, Any]:
    answers = []
    for _number in range(draw(st.integers(1, 3))):
        low, high = sorted([draw(decimals), draw(decimals)], key=float)
        answers.append({"low": low, "high": high, "weight": draw(weights)})
    unit = draw(st.sampled_from([{}, {"unit": "mg", "units": {"g": "1000", "μg": "0.001"}, "unit_required": True}]))
    return {"stem": draw(texts), "answers": answers, **unit, "critical": draw(st.sampled_from([[], [">= 50", "< -1"]]))}


def _calculated(draw: Any) -> dict[str, Any]:
    parameters = draw(
        st.sampled_from(
            [
                [{"name": "dose", "values": ["10", "20", "-4.5"]}],
                [{"name": "dose", "from": "10", "to": "30", "step": "5"}, {"name": "kg", "values": ["50", "60"]}],
            ]
        )
    )
    wrong = draw(st.sampled_from([[], ["dose * 10", "dose + 1"]]))
    return {
        "stem": {"zh": "{dose} mg 折半", "en": ""},
        "parameters": parameters,
        "constraints": draw(st.sampled_from([[], ["dose < 60", "dose > -9"]])),
        "formula": "dose / 2",
        "check": "dose * 0.5",
        "tolerance": "0.5",
        "decimals": 1,
        "unit": "mg",
        "cap": "200",
        "strengths": ["5", "10"],
        "wrong": wrong,
    }


def _ordering(draw: Any) -> dict[str, Any]:
    return {"stem": draw(texts), "options": draw(st.permutations(_options(draw, 3, 8)))}


MAKERS: dict[str, Any] = {
    "A1": _one_best,
    "A2": _one_best,
    "X": _several,
    "choice": _choice,
    "judgement": _judgement,
    "A3": _a3,
    "A4": _a4,
    "B1": _shared,
    "case": _case_analysis,
    "blanks": _blanks,
    "short": _short,
    "essay": _essay,
    "numeric": _numeric,
    "calculated": _calculated,
    "matching": _shared,
    "ordering": _ordering,
}
