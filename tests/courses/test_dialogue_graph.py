"""The graph of a dialogue and its score: found by another way, and by properties."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from courses.dialogues import graph, scoring
from courses.dialogues.graph import Dialogue, Harm, Reply, Turn
from tests.courses.dialogue_files import BEST, dialogue

WORDS = {"zh": "话", "en": "words"}
LINKS = st.dictionaries(st.sampled_from("abcdefg"), st.lists(st.sampled_from("abcdefg"), max_size=3), max_size=7)


def paths(made: Dialogue, name: str | None = None) -> Iterator[list[tuple[str, int]]]:
    """Every conversation, one by one."""
    name = name or made.start
    for place, reply in enumerate(made.turns[name].replies):
        if reply.next is None:
            yield [(name, place)]
        else:
            for rest in paths(made, reply.next):
                yield [(name, place), *rest]


@st.composite
def dialogues(draw: st.DrawFn) -> Dialogue:
    """Dialogues of up to five turns, each leading only to later ones."""
    count = draw(st.integers(1, 5))
    turns = {}
    for number in range(count):
        replies = []
        for place in range(draw(st.integers(2, 3))):
            after = draw(st.integers(number + 1, count))
            text = "字" * draw(st.integers(1, 4))
            replies.append(
                Reply(
                    says={"zh": text, "en": text},
                    step=None,
                    points={"listening": draw(st.integers(-3, 3)), "plan": draw(st.integers(0, 2))},
                    why={"zh": f"因{number}{place}", "en": f"because {number}{place}"},
                    next=f"t{after}" if after < count else None,
                    ending=None if after < count else "end",
                    harm=draw(st.sampled_from([Harm.NONE, Harm.NONE, Harm.MINOR, Harm.SERIOUS])),
                    harm_reason=WORDS,
                )
            )
        turns[f"t{number}"] = Turn("son", WORDS, tuple(replies))
    mark = draw(st.integers(1, 100))
    return Dialogue(WORDS, WORDS, WORDS, "NURSE", mark, 5, "t0", turns, {"end": WORDS})


def serious(made: Dialogue, path: list[tuple[str, int]]) -> bool:
    return any(made.turns[name].replies[place].harm is Harm.SERIOUS for name, place in path)


def points(made: Dialogue, path: list[tuple[str, int]]) -> int:
    return sum(sum(made.turns[name].replies[place].points.values()) for name, place in path)


@given(dialogues())
def test_the_best_path_is_the_best_of_all_paths_tried_one_by_one(made: Dialogue) -> None:
    good = [points(made, path) for path in paths(made) if not serious(made, path)]
    assert scoring.best_points(made) == (max(good) if good else None)
    if good:
        path = scoring.best_path(made)
        assert points(made, path) == max(good)
        assert not serious(made, path)


@given(dialogues())
def test_a_score_lies_between_0_and_100_and_serious_harm_never_passes(made: Dialogue) -> None:
    for path in paths(made):
        score = scoring.score(made, path)
        assert 0 <= score.percent <= 100
        assert score.passed == (score.percent >= made.pass_percent and score.best > 0)
        assert not (score.passed and serious(made, path))
    if (scoring.best_points(made) or 0) > 0:
        assert scoring.score(made, scoring.best_path(made)).percent == 100


@given(dialogues())
def test_habits_are_what_following_them_step_by_step_comes_to(made: Dialogue) -> None:
    def fits(path: list[tuple[str, int]], name: str, language: str | None) -> bool:
        for turn, place in path:
            replies = made.turns[turn].replies
            if name in {"first", "last"}:
                allowed = {0 if name == "first" else len(replies) - 1}
            else:
                lengths = [len(one.says[language or "zh"]) for one in replies]
                pick = (max if name == "longest" else min)(lengths)
                allowed = {number for number, length in enumerate(lengths) if length == pick}
            if place not in allowed:
                return False
        return True

    every = list(paths(made))
    passing = {(one.name, one.language) for one in scoring.passing_habits(made)}
    for habit in scoring.habits(made):
        followed = [path for path in every if fits(path, habit.name, habit.language)]
        assert followed
        can_pass = any(scoring.score(made, path).passed for path in followed)
        assert ((habit.name, habit.language) in passing) == can_pass


@given(dialogues())
def test_a_dialogue_survives_being_kept_as_json(made: Dialogue) -> None:
    assert graph.from_plain(json.loads(json.dumps(made.plain(), sort_keys=True))) == made


@given(LINKS)
def test_a_loop_is_found_exactly_where_a_walk_can_come_back(links: dict[str, list[str]]) -> None:
    comes_back = {name for name in links if name in graph.reachable(links, name) and _returns(links, name)}
    found = graph.loops(links)
    assert bool(found) == bool(comes_back)
    for circle in found:
        assert all(after in links[name] for name, after in zip(circle, [*circle[1:], circle[0]], strict=True))
    if not comes_back:
        order = graph.backwards(links)
        assert sorted(order) == sorted(links)
        assert all(order.index(after) < order.index(name) for name in links for after in links[name] if after in links)


def _returns(links: dict[str, list[str]], name: str) -> bool:
    return any(name in graph.reachable(links, after) for after in links[name])


def test_the_small_dialogue_is_scored_by_hand() -> None:
    made = dialogue()
    assert scoring.best_path(made) == BEST
    whole = scoring.score(made, BEST)
    assert (whole.points, whole.percent, whole.passed) == (5, Decimal(100), True)
    assert whole.by_dimension["emotion"] == (3, 3)
    half = scoring.score(made, [("first", 0), ("second", 1)])
    assert (half.percent, half.passed) == (Decimal(60), True)
    harmed = scoring.score(made, [("first", 2), ("second", 1)])
    assert (harmed.points, harmed.percent, harmed.serious, harmed.passed) == (3, Decimal(59), True, False)


def test_percent_is_cut_not_rounded() -> None:
    assert scoring.percent_of(2, 3) == Decimal("66.66")
    assert scoring.percent_of(-2, 3) == 0


@given(dialogues(), st.integers(0, 2**31))
def test_the_order_shown_is_an_order_and_the_seed_given_out_favours_no_place(made: Dialogue, chance: int) -> None:
    seed = scoring.fair_seed(made, Random(chance), tries=8)
    for name, turn in made.turns.items():
        assert sorted(scoring.order(name, turn, seed)) == list(range(len(turn.replies)))
        assert scoring.order(name, turn, seed) == scoring.order(name, turn, seed)
        assert scoring.order(name, turn, scoring.AS_WRITTEN) == list(range(len(turn.replies)))
    if seed == scoring.AS_WRITTEN:
        return
    for place in (0, -1):
        here: str | None = made.start
        path = []
        while here is not None:
            choice = scoring.order(here, made.turns[here], seed)[place]
            path.append((here, choice))
            here = made.turns[here].replies[choice].next
        assert not scoring.score(made, path).passed
