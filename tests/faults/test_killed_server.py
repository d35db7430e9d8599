"""The web process is killed while answers are saved: every answer that was acknowledged is there."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask

from tests.answering import line
from tests.faults import sitting
from tests.faults.servers import GONE, Answer, Server
from tests.faults.sitting import Paper

ANSWERS = 200
DEATHS = 2


def send(server: Server, paper: Paper, position: int, choice: str, after: int) -> Answer:
    """Send one answer, again and again until somebody answers, as the page's script does."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            return paper.send(server, position, choice, after)
        except GONE:
            time.sleep(0.05)
    raise AssertionError("nobody answered for a minute")


def _death(server: Server, after: float) -> threading.Thread:
    """Kill the server in a moment (within the time that a request takes), and start it again."""

    def die_and_return() -> None:
        time.sleep(after)
        server.kill()
        server.start()

    thread = threading.Thread(target=die_and_return)
    thread.start()
    return thread


@pytest.mark.world
def test_every_acknowledged_answer_survives_kills_at_random_moments(app: Flask, server: Server) -> None:
    paper = sitting.open_paper(app)
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    moments = sorted(chance.sample(range(10, ANSWERS - 10), DEATHS))
    acknowledged: dict[int, tuple[int, list[str]]] = {}
    newest: dict[int, str] = {}
    seen = {position: sitting.seen(app, paper.attempt_id, position) for position in paper.options}
    positions = list(paper.options)
    for number in range(ANSWERS):
        position = positions[number % len(positions)]
        choice = chance.choice([one for one in paper.options[position] if one != newest.get(position)])
        death = _death(server, chance.uniform(0, 0.012)) if number in moments else None
        answer = send(server, paper, position, choice, seen[position])
        assert answer.status == 200, (seed, number, answer)
        seen[position] = line(answer.json(), position)["receipt"]
        acknowledged[seen[position]] = (position, [choice])
        newest[position] = choice
        if death is not None:
            death.join()
    found = sitting.saved(app, paper.attempt_id)
    lost = {receipt: said for receipt, said in acknowledged.items() if found.get(receipt) != said}
    assert not lost, f"seed {seed}: lost or changed {lost}"
    assert len(acknowledged) == ANSWERS, f"seed {seed}: a receipt was given twice"
    for position, choice in newest.items():
        assert sitting.current(app, paper.attempt_id, position) == [choice], seed


@pytest.mark.world
@pytest.mark.parametrize(("moment", "kept"), [("after", 1), ("before", 0)])
def test_death_around_the_commit_leaves_one_answer_and_no_contradiction(
    app: Flask, dying_server: Callable[[str], Server], moment: str, kept: int
) -> None:
    server = dying_server(moment)
    paper = sitting.open_paper(app)
    before = sitting.saved(app, paper.attempt_id)
    position, options = next(iter(paper.options.items()))
    choice = next(one for one in options if [one] not in [answer for _place, answer in before.values()])
    seen = sitting.seen(app, paper.attempt_id, position)
    with pytest.raises(GONE):
        paper.send(server, position, choice, seen)
    assert len(sitting.saved(app, paper.attempt_id)) == len(before) + kept
    answer = send(server, paper, position, choice, seen)
    assert answer.status == 200, answer
    found = sitting.saved(app, paper.attempt_id)
    assert len(found) == len(before) + 1
    assert found[line(answer.json(), position)["receipt"]] == (position, [choice])
    assert sitting.current(app, paper.attempt_id, position) == [choice]
