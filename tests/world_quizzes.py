"""What the small world has of quizzes beside those that people sit."""

from __future__ import annotations

from question_bank.blueprints.rules import Blueprint, Draw, Section
from question_bank.models import Item
from question_bank.services import quizzes
from training.core.access import Actor
from training.core.scopes import Scope


def add_drawn_quiz(scope: Scope, place: str, fixed: Item, author: Actor) -> None:
    """A quiz of two sections, one of them drawn, that no programme requires."""
    blueprint = Blueprint(
        (Section(1, "单选题", "Single choice"), Section(2, "其余", "The rest", "all_or_nothing")), (Draw(1, 2, 2),)
    )
    rules = quizzes.Rules(30, 60, 1, 0, critical_limit=2)
    titles = quizzes.Titles(f"抽题测验{place}", f"Drawn quiz {place}")
    quizzes.add_quiz(scope, titles, rules, [(fixed, 1)], blueprint, added_by=author)
