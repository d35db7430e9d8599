"""The sample scenes, published for the province; marked as not reviewed, and how some trainees held them."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from typing import Any

from courses.dialogues import authoring, scoring, services
from courses.dialogues.graph import Dialogue
from training.accounts.models import Person
from training.core import clock, sample
from training.core.access import Actor, Grant, Role
from training.core.errors import Invalid

SCENES = ("hide-the-diagnosis", "fear-of-addiction")
WRITTEN = timedelta(days=96)
HELD = {"13800000008": (True, True), "13800000010": (True,), "13800000013": (False,)}
HELD_BEFORE = timedelta(days=8)


def source_of(name: str) -> str:
    """The file of a sample scene."""
    return files("courses").joinpath("sample", "dialogues", f"{name}.yaml").read_text(encoding="utf-8")


@sample.step("dialogues", 31)
def add_dialogues(shared: dict[str, Any]) -> None:
    """Leave `dialogues`: the activities of the scenes, in the order of `SCENES`."""
    scope, person = shared["province_scope"], shared["staff"][Role.INSTRUCTOR.value]
    author = Actor(id=person.id, name=person.name, grants=(Grant(Role.INSTRUCTOR, scope.id, scope.path),))
    with clock.frozen(shared["now"] - WRITTEN):
        shared["dialogues"] = [
            services.add_dialogue(scope, _scene(name), source_of(name), added_by=author) for name in SCENES
        ]


@sample.step("conversations", 61)
def hold_dialogues(shared: dict[str, Any]) -> None:
    """Some of those who practise have held the scenes, well or badly."""
    for mobile, held in HELD.items():
        person = shared["people"][mobile]
        for number, well in enumerate(held):
            with clock.frozen(shared["now"] - HELD_BEFORE + timedelta(hours=5 * number)):
                _hold(shared["dialogues"][number].id, _scene(SCENES[number]), person, well=well)


def _hold(dialogue_id: int, scene: Dialogue, person: Person, *, well: bool) -> None:
    """One conversation along the best path, or along the first replies that do harm or nothing."""
    attempt = services.start(dialogue_id, person, seed=scoring.AS_WRITTEN)
    best, step = scoring.best_replies(scene), 0
    turn: str | None = scene.start
    while turn is not None:
        replies = scene.turns[turn].replies
        choice = best[turn][0] if well and best[turn] else min(range(len(replies)), key=lambda one: replies[one].total)
        step += 1
        services.reply(attempt.id, step=step, turn=turn, choice=choice, by=person)
        turn = replies[choice].next


def _scene(name: str) -> Dialogue:
    read = authoring.parse(source_of(name))
    if isinstance(read, Dialogue):
        return read
    raise Invalid(f"{name}: {read[0]}")
