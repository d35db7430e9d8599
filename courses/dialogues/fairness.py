"""What a dialogue must keep to before it is published, beyond its shape: it tells good talk from habit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask_babel import gettext as _

from courses.dialogues import scoring
from courses.dialogues.graph import Dialogue
from courses.dialogues.nodes import Fault, Node
from courses.dialogues.scoring import Habit


def habit_words(habit: Habit) -> str:
    """What somebody does who has that habit."""
    words = {
        ("first", None): _("always taking the first reply"),
        ("last", None): _("always taking the last reply"),
        ("longest", "zh"): _("always taking the longest reply in Chinese"),
        ("longest", "en"): _("always taking the longest reply in English"),
        ("shortest", "zh"): _("always taking the shortest reply in Chinese"),
        ("shortest", "en"): _("always taking the shortest reply in English"),
    }
    return words[habit.name, habit.language]


def faults(dialogue: Dialogue, places: Mapping[str, Node]) -> list[Fault]:
    """Why a dialogue of good shape cannot be published; nothing where it can."""
    best = scoring.best_points(dialogue)
    if best is None or best <= 0:
        message = (
            _("Every conversation holds a serious harm, so nobody can pass; open a way without one.")
            if best is None
            else _("The best conversation comes to no points, so nobody can pass; give points to good replies.")
        )
        return [_at(places["turns"], "turns", message)]
    return [*_habits(dialogue, places), *_ties(dialogue, places), *_sameness(dialogue, places)]


def _habits(dialogue: Dialogue, places: Mapping[str, Node]) -> Iterator[Fault]:
    for habit in scoring.passing_habits(dialogue):
        message = _(
            "Somebody passes without listening, by %(habit)s: %(percent)s per cent, the pass mark is %(pass)s.",
            habit=habit_words(habit),
            percent=habit.percent,
            **{"pass": dialogue.pass_percent},
        )
        yield _at(places["pass_percent"], "pass_percent", message)


def _ties(dialogue: Dialogue, places: Mapping[str, Node]) -> Iterator[Fault]:
    """Where several replies are best the review would name one for no reason; the author says why they are equal."""
    for name, best in scoring.best_replies(dialogue).items():
        where = f"turns.{name}"
        if len(best) > 1 and dialogue.turns[name].equal is None:
            numbers = ", ".join(str(one + 1) for one in best)
            message = _(
                "Replies %(numbers)s are equally good here; say why in “equal”, or change the points.", numbers=numbers
            )
            yield _at(places[where], where, message)
        if len(best) < 2 and dialogue.turns[name].equal is not None:
            yield _at(
                places[where], where, _("“equal” stands here, but one reply is better than the others; take it away.")
            )


def _sameness(dialogue: Dialogue, places: Mapping[str, Node]) -> Iterator[Fault]:
    if not scoring.tells_apart(dialogue):
        message = _(
            "All conversations without harm are worth the same; let two reasonable ways differ, each with its reason."
        )
        yield _at(places["turns"], "turns", message)
    for name, turn in dialogue.turns.items():
        for language in ("zh", "en"):
            said = [reply.says[language] for reply in turn.replies]
            if len(set(said)) < len(said):
                where = f"turns.{name}"
                yield _at(places[where], where, _("Two replies say the same; make them differ."))
                break


def _at(node: Node, where: str, message: str) -> Fault:
    return Fault(node.line, node.column, where, message)
