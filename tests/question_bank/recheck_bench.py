"""An examination with an essay, sat and marked, and a check of its mark: asked for and answered by the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from question_bank.marking.services import Given
from question_bank.rechecks.models import Recheck
from tests import pages
from tests.client import CheckingClient
from tests.question_bank.conftest import Bench, build
from tests.question_bank.essays import ONE, mark, sit
from tests.question_bank.exam_bench import set_session
from training.core.db import db

As = Callable[..., CheckingClient]
Move = Callable[[timedelta], None]
OPENED = timedelta(minutes=10)
OVER = timedelta(minutes=80)
NOTHING = Given({"a": 0, "b": 0}, "too short")
WHY = "第 2 题写了两点，只得 0 分。"


def examined(app: Flask, **rules: Any) -> Bench:
    """A supervised quiz of an item that marks itself and an essay, with a session without code."""
    bench = build(app, ONE, shuffle_items=False, supervised=True, **rules)
    set_session(bench, code="", honour=False)
    return bench


def sat(bench: Bench, at: Move, given: Given = NOTHING, name: str = "trainee.jn") -> int:
    """Sit it and have it marked by an instructor, 50 points by default; the session is over then."""
    at(OPENED)
    attempt_id = sit(bench, "words", name=name)
    at(OVER)
    mark(bench, attempt_id, given=given)
    return attempt_id


def page_of(attempt_id: int) -> str:
    return f"/marking/rechecks/{attempt_id}"


def ask(client: CheckingClient, attempt_id: int, reason: str = WHY, *positions: int) -> Any:
    data = {"reason": reason, "positions": [str(one) for one in positions]}
    return client.post(f"/quiz/attempts/{attempt_id}/recheck", data=data)


def look(client: CheckingClient, attempt_id: int, **typed: str) -> Any:
    """Fill in the answer as the page offers it and look at what it comes to."""
    return client.submit(page_of(attempt_id), {"words": "已逐条核对。"} | _prefixed(typed), action=page_of(attempt_id))


def answer(client: CheckingClient, attempt_id: int, **typed: str) -> Any:
    """Look, and send it."""
    looked = look(client, attempt_id, **typed)
    assert looked.status_code == 200, looked.status_code
    return client.post(page_of(attempt_id), data=pages.form_of(looked, page_of(attempt_id)).values)


def _prefixed(typed: dict[str, str]) -> dict[str, str]:
    """`a="3"` is the first criterion of the essay, which stands second."""
    return {f"i2-points_{name}" if len(name) == 1 else name: value for name, value in typed.items()}


def kept(bench: Bench, attempt_id: int) -> Recheck | None:
    with bench.looking():
        return db.session.scalar(select(Recheck).where(Recheck.attempt_id == attempt_id))
