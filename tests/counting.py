"""Counting the statements that an application sends to its database; transaction control is not counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event

from training.core.db import db

CONTROL = re.compile(r"\s*(PRAGMA|BEGIN|SAVEPOINT|RELEASE|ROLLBACK|COMMIT|SET|SHOW)\b", re.IGNORECASE)


@dataclass
class Count:
    """The statements sent within a block, in order."""

    statements: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)

    def told(self) -> str:
        """The statements as a numbered list."""
        return "\n".join(
            f"{number:3}. {' '.join(one.split())[:300]}" for number, one in enumerate(self.statements, start=1)
        )


@contextmanager
def counting(app: Flask, *, at_most: int | None = None, exactly: int | None = None) -> Iterator[Count]:
    """Count the statements of `app` within the block; with a limit, fail with their list when it is not kept."""
    count = Count()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not CONTROL.match(statement):
            count.statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield count
    finally:
        event.remove(engine, "before_cursor_execute", note)
    if at_most is not None and len(count) > at_most:
        raise AssertionError(f"{len(count)} statements where {at_most} are allowed:\n{count.told()}")
    if exactly is not None and len(count) != exactly:
        raise AssertionError(f"{len(count)} statements where {exactly} are expected:\n{count.told()}")
