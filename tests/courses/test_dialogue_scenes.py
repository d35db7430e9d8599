"""Both shipped scenes keep every rule of publishing, and are what they say they are."""

from __future__ import annotations

from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from courses.dialogues import graph, scoring
from courses.dialogues.graph import Dialogue, Harm
from courses.dialogues.models import DIALOGUE, DialogueVersion
from courses.dialogues.samples import SCENES, source_of
from tests.courses.dialogue_files import dialogue
from training.activities.models import Activity
from training.core.db import db, reading


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest) -> Dialogue:
    return dialogue(source_of(request.param))


def lengths(made: Dialogue) -> tuple[int, int]:
    """The fewest and the most turns of a conversation."""
    fewest: dict[str, int] = {}
    most: dict[str, int] = {}
    for name in graph.backwards(made.links):
        after = [reply.next for reply in made.turns[name].replies]
        fewest[name] = 1 + min(fewest[one] if one else 0 for one in after)
        most[name] = 1 + max(most[one] if one else 0 for one in after)
    return fewest[made.start], most[made.start]


def test_a_scene_branches_and_is_neither_short_nor_endless(scene: Dialogue) -> None:
    assert 8 <= len(scene.turns) <= 14
    assert len(scoring.best_path(scene)) >= 8
    assert lengths(scene)[1] <= 14
    assert len({one for after in scene.links.values() for one in after}) >= len(scene.turns) - 1
    assert sum(len(set(after)) > 1 for after in scene.links.values()) >= 4
    assert len(scene.endings) >= 3


def test_no_habit_comes_near_passing_and_the_best_way_does_no_harm(scene: Dialogue) -> None:
    assert scoring.passing_habits(scene) == []
    assert max(habit.percent for habit in scoring.habits(scene)) <= scene.pass_percent - 15
    path = scoring.best_path(scene)
    assert scoring.score(scene, path).percent == 100
    assert all(scene.turns[name].replies[place].harm is Harm.NONE for name, place in path)


def test_choosing_blindly_hardly_ever_passes(scene: Dialogue) -> None:
    chance = Random(5)
    passed = 0
    for _turn in range(1000):
        name: str | None = scene.start
        path = []
        while name is not None:
            choice = chance.randrange(len(scene.turns[name].replies))
            path.append((name, choice))
            name = scene.turns[name].replies[choice].next
        passed += scoring.score(scene, path).passed
    assert passed <= 20


def test_no_detour_is_worth_more_than_the_straight_way(scene: Dialogue) -> None:
    """Where one reply of a turn leads past another's next turn, the way through that turn is not rewarded."""
    assert all(len(one) == 1 for one in scoring.best_replies(scene).values())
    assert lengths(scene)[1] > len(scoring.best_path(scene))


def test_both_kinds_of_harm_occur_each_explained(scene: Dialogue) -> None:
    replies = [reply for turn in scene.turns.values() for reply in turn.replies]
    assert {reply.harm for reply in replies} == set(Harm)
    assert all((reply.harm is Harm.NONE) == (reply.harm_reason is None) for reply in replies)
    assert scene.note == {"zh": "教学示例 · 未经审核", "en": "Teaching sample, not reviewed"}


@pytest.mark.sample
@pytest.mark.one_database
def test_the_sample_holds_both_scenes_published_to_the_letter(app: Flask) -> None:
    with app.app_context(), reading():
        rows = db.session.execute(
            select(Activity, DialogueVersion)
            .join(DialogueVersion, DialogueVersion.dialogue_id == Activity.id)
            .where(Activity.kind == DIALOGUE)
            .order_by(Activity.id)
        ).all()
        assert [row.DialogueVersion.source for row in rows] == [source_of(name) for name in SCENES]
        assert [graph.from_plain(row.DialogueVersion.body) for row in rows] == [
            dialogue(source_of(name)) for name in SCENES
        ]
