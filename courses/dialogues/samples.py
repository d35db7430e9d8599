"""The sample scenes, published for the province; marked as not reviewed, and how some trainees held them."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from courses.dialogues import authoring, scoring, services
from courses.dialogues.graph import Dialogue
from training.accounts.models import Person
from training.core import clock, sample
from training.core.errors import Invalid
from training.core.sample import LONG_AGO
from training.programmes.samples import acting

SCENES = ("hide-the-diagnosis", "fear-of-addiction", "unfilial-to-stop", "am-i-dying")
# Of those with a story: which scenes, and whether well.
HELD = {"13800000008": (True, True), "13800000010": (True,), "13800000013": (False,)}
HELD_BEFORE = timedelta(days=8)
HELD_ALL = {"certified", "revoked", "quiz_passed", "quiz_failed", "course_done"}
DAYS_UNTIL_HELD = 80


def source_of(name: str) -> str:
    """The file of a sample scene."""
    return files("courses").joinpath("sample", "dialogues", f"{name}.yaml").read_text(encoding="utf-8")


@sample.step("dialogues", 31)
def add_dialogues(shared: dict[str, Any]) -> None:
    """Leave `dialogues`: the activities of the scenes, in their order; the specialist programme asks for all."""
    scope, author = shared["province_scope"], acting(shared["staff"]["instructor"])
    with clock.frozen(shared["now"] - LONG_AGO):
        shared["dialogues"] = [
            services.add_dialogue(scope, _scene(name), source_of(name), added_by=author) for name in SCENES
        ]
    shared["requires"]["specialist"] += shared["dialogues"]


@sample.step("conversations", 61)
def hold_dialogues(shared: dict[str, Any]) -> None:
    """Those with a story have held some scenes, well or badly; of the crowd, whoever has come so far, all and well."""
    for mobile, held in HELD.items():
        person = shared["people"][mobile]
        for number, well in enumerate(held):
            _hold(shared, number, person, shared["now"] - HELD_BEFORE + timedelta(hours=5 * number), well=well)
    for learner in shared["learners"]:
        if learner.programme == "specialist" and learner.stage in HELD_ALL:
            for number in range(len(SCENES)):
                moment = learner.moment(shared["now"], 0.9 + number / 50, DAYS_UNTIL_HELD)
                _hold(shared, number, learner.person, moment, well=True)


def _hold(shared: dict[str, Any], number: int, person: Person, moment: datetime, *, well: bool) -> None:
    """One conversation along the best path, or along the replies that do harm or nothing."""
    scene = _scene(SCENES[number])
    best, step = scoring.best_replies(scene), 0
    turn: str | None = scene.start
    with clock.frozen(moment):
        attempt = services.start(shared["dialogues"][number].id, person, seed=scoring.AS_WRITTEN)
        while turn is not None:
            replies = scene.turns[turn].replies
            worst = min(range(len(replies)), key=lambda one: replies[one].total)
            choice = best[turn][0] if well and best[turn] else worst
            step += 1
            services.reply(attempt.id, step=step, turn=turn, choice=choice, by=person)
            turn = replies[choice].next


@cache
def _scene(name: str) -> Dialogue:
    read = authoring.parse(source_of(name))
    if isinstance(read, Dialogue):
        return read
    raise Invalid(f"{name}: {read[0]}")
