"""Servers for the tests of this folder; each is gone at the end of its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.faults.servers import DYING, Server


@pytest.fixture
def server(app: Flask, database: str, tmp_path: Path) -> Iterator[Server]:
    """The product's server on this test's database."""
    made = Server(database, tmp_path / "data")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def dying_server(app: Flask, database: str, tmp_path: Path) -> Iterator[Callable[[str], Server]]:
    """A server whose process dies once while it saves an answer: `after` or `before` the commit."""
    made: list[Server] = []

    def start(moment: str) -> Server:
        one = Server(database, tmp_path / "data", (*DYING, moment, str(tmp_path / "died")))
        one.start()
        made.append(one)
        return one

    yield start
    for one in made:
        one.kill()
