"""The sample scenes, published for the province; marked as not reviewed; no programme requires them yet."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from typing import Any

from courses.dialogues import authoring, services
from courses.dialogues.graph import Dialogue
from training.core import clock, sample
from training.core.access import Actor, Grant, Role
from training.core.errors import Invalid

SCENES = ("hide-the-diagnosis", "fear-of-addiction")
WRITTEN = timedelta(days=94)


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


def _scene(name: str) -> Dialogue:
    read = authoring.parse(source_of(name))
    if isinstance(read, Dialogue):
        return read
    raise Invalid(f"{name}: {read[0]}")
