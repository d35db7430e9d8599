"""Classical item analysis held against the textbooks' formulas, written another way, and what must always be."""

from __future__ import annotations

import statistics
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.analysis.asking import asks
from question_bank.analysis.classical import (
    Figures,
    Observation,
    OptionFigures,
    Tally,
    analyse,
    discrimination,
    level_of,
    upper_and_lower,
)
from question_bank.analysis.remarks import is_worth_a_look, remarks
from tests.question_bank.conftest import a1

SHARES = st.floats(-1, 1, allow_nan=False).map(lambda one: round(one, 3))
PAIRS = st.lists(st.tuples(SHARES, SHARES), min_size=2, max_size=60)


def codes(figures: Figures, intended: int | None = None, key: str = "a", options: str = "abc") -> set[str]:
    return {one.code for one in remarks(figures, intended, list(key), list(options))}


def test_point_biserial_is_the_textbooks() -> None:
    """r = (M1 − M) / s · √(p / q) with the deviation of the whole group (Crocker & Algina 1986, chapter 14)."""
    right = [1, 1, 1, 0, 1, 0, 0, 1, 0, 0]
    rests = [9, 8, 8, 7, 6, 5, 5, 4, 3, 2]
    p = sum(right) / 10
    mean_of_right = statistics.mean(rest for rest, one in zip(rests, right, strict=True) if one)
    expected = (mean_of_right - statistics.mean(rests)) / statistics.pstdev(rests) * sqrt(p / (1 - p))
    assert discrimination(right, rests) == pytest.approx(expected, abs=1e-12)
    assert discrimination(right, rests) == pytest.approx(1.3 / sqrt(4.81), abs=1e-12)  # by hand: means 7 and 5.7


def test_upper_and_lower_groups_are_the_27_percent() -> None:
    values = [1.0] * 20 + [0.0] * 80
    rests = [float(100 - place) for place in range(100)]
    upper, lower = upper_and_lower(values, rests) or (None, None)
    assert (upper, lower) == (20 / 27, 0.0)


@given(PAIRS)
def test_discrimination_is_the_correlation_that_python_reckons(pairs: list[tuple[float, float]]) -> None:
    shares, rests = [one for one, _ in pairs], [one for _, one in pairs]
    found = discrimination(shares, rests)
    if len(set(shares)) == 1 or len(set(rests)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(statistics.correlation(shares, rests), abs=1e-6)


@given(PAIRS, st.randoms(use_true_random=False))
def test_no_figure_depends_on_the_order_of_the_rows(pairs: list[tuple[float, float]], chance: object) -> None:
    ones = [Observation(share, rest, ["a" if share > 0 else "b"]) for share, rest in pairs]
    others = list(ones)
    chance.shuffle(others)  # type: ignore[attr-defined]
    first, second = analyse(ones), analyse(others)
    assert first.difficulty == pytest.approx(second.difficulty, abs=1e-9)
    assert (first.difference is None) is (second.difference is None)
    if first.difference is not None and second.difference is not None:
        assert first.difference == pytest.approx(second.difference, abs=1e-9)
        assert first.discrimination == pytest.approx(second.discrimination, abs=1e-6)


@given(PAIRS)
def test_figures_stay_within_their_bounds_and_turn_with_the_paper(pairs: list[tuple[float, float]]) -> None:
    shares, rests = [one for one, _ in pairs], [one for _, one in pairs]
    found, turned = discrimination(shares, rests), discrimination(shares, [-one for one in rests])
    assert found is None or -1 <= found <= 1
    assert (found is None) is (turned is None)
    if found is not None and turned is not None:
        assert found == pytest.approx(-turned, abs=1e-9)
    groups = upper_and_lower(shares, rests)
    if groups:
        assert min(shares) - 1e-9 <= min(groups)
        assert max(groups) <= max(shares) + 1e-9


def test_what_has_no_value_is_none() -> None:
    assert analyse([]) == Figures()
    one = analyse([Observation(1.0, 0.5, ["a"])])
    assert (one.difficulty, one.discrimination, one.difference) == (1.0, None, None)
    alone = analyse([Observation(float(place % 2), None, ["a"]) for place in range(40)])
    assert (alone.observed, alone.difficulty, alone.discrimination) == (40, 0.5, None)
    assert alone.options == {"a": OptionFigures(1.0)}
    assert discrimination([1.0, 1.0, 1.0], [0.1, 0.2, 0.3]) is None


def test_a_set_is_one_unit_and_its_parts_are_told_beside_it() -> None:
    seen = [
        Observation(0.5, 0.2, ["1:a", "2:b"], {"1": 1.0, "2": 0.0}),
        Observation(1.0, 0.8, ["1:a", "2:a"], {"1": 1.0, "2": 1.0}),
        Observation(0.0, 0.1, [], {"1": 0.0, "2": 0.0}),
    ]
    found = analyse(seen)
    assert found.difficulty == 0.5
    assert found.parts["1"].difficulty == pytest.approx(2 / 3)
    assert found.parts["2"].discrimination == pytest.approx(statistics.correlation([0, 1, 0], [0.2, 0.8, 0.1]))
    assert found.options["1:a"].share == pytest.approx(2 / 3)


def test_answers_become_the_figures_of_a_quiz() -> None:
    tally = Tally()
    for answer, earned, times in ((["a"], 3.0, 3), (["b", "c"], 0.5, 1), (None, 0.0, 2)):
        tally.add(answer, earned, times)
    assert (tally.shown, tally.percent, tally.unanswered) == (6, 58, 2)
    assert tally.chosen == {"a": 3, "b": 1, "c": 1}
    assert Tally().percent == 0


def test_plain_words_follow_from_the_figures() -> None:
    weak = Figures(40, 0.5, -0.1, -0.2, {"a": OptionFigures(0.5, 0.4, 0.6), "b": OptionFigures(0.48, 0.6, 0.3)})
    assert codes(weak) == {"key_first", "rival", "idle"}
    assert codes(Figures(29, 0.5, -0.1)) == set(), "too few have answered"
    good = Figures(
        40, 0.5, 0.4, 0.5, {one: OptionFigures(0.3, 0.2, 0.3) for one in "bc"} | {"a": OptionFigures(0.5, 0.9, 0.1)}
    )
    assert codes(good) == {"tells_well"}
    assert "harder" in codes(good, intended=1)
    assert "easier" in codes(Figures(40, 0.9, 0.2), intended=4)
    assert codes(Figures(40, 1.0, None), options="") == {"too_easy", "all_alike"}
    assert codes(Figures(40, 0.1, 0.1), options="") == {"too_hard", "tells_little"}
    assert is_worth_a_look(remarks(weak, None, ["a"], ["a", "b"]))
    assert not is_worth_a_look(remarks(good, None, ["a"], ["a", "b"]))


def test_levels_are_fifths() -> None:
    assert [level_of(one) for one in (1.0, 0.8, 0.79, 0.5, 0.2, 0.1, 0.0, -0.5)] == [1, 1, 2, 3, 4, 5, 5, 5]


def test_versions_ask_the_same_when_only_what_stands_beside_differs() -> None:
    body = a1("b")
    assert asks(body) == asks({**body, "explanation": {"zh": "另一种"}, "source": "x", "about": {"difficulty": 2}})
    assert asks(body) == asks({**body, "options": [{**one, "explanation": {}} for one in body["options"]]})
    assert asks(body) != asks({**body, "key": ["c"]})
    assert asks(body) != asks({**body, "stem": {"zh": "别的", "en": "other"}})
