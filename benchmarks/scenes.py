"""What is done to be measured: the same two acts on the floor and on Anning, over one kept connection each."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

from benchmarks.servers import ROOT, Visitor

SIGN_IN_PASSWORD = "anning-2026"
LOGIN_OF_A_TRAINEE = """
import json
from pathlib import Path
people = json.loads(Path("training/accounts/sample.json").read_text())
print(next(one["mobile"] for one in people["trainees"] if one["stage"] == "course_done"))
"""


def prepare(environ: dict[str, str]) -> str:
    """Fill Anning's database with the sample; returns the login of a trainee who has read the course."""
    command = [sys.executable, "-c", "from wsgi import main; main()", "sample-data", "--small"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, check=True, capture_output=True)
    found = subprocess.run(
        [sys.executable, "-c", LOGIN_OF_A_TRAINEE], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return found.stdout.strip()


def choices_in(paper: str) -> dict[str, list[str]]:
    """The options of each item on a paper, by its position."""
    found: dict[str, list[str]] = {}
    for position, value in re.findall(r'name="(\d+)-choice"\s+value="(\w+)"', paper):
        found.setdefault(position, []).append(value)
    return found


class FloorScene:
    """The bare application."""

    def __init__(self, port: int, requests: int) -> None:
        """Get the cookie."""
        self.visitor = Visitor(port)
        self.requests = requests
        self.visitor.ask("GET", "/enter")

    def save_answers(self) -> None:
        """Save as many answers."""
        for number in range(self.requests):
            form = {"choice": "abcde"[number % 5]}
            status, _text = self.visitor.ask("POST", f"/answer/1/{number % 10}", form, json=True)
            assert status == 200

    def read_lesson(self) -> None:
        """Read the page as often."""
        for _number in range(self.requests):
            status, _text = self.visitor.ask("GET", "/lesson/1")
            assert status == 200


class AnningScene:
    """A trainee of the sample, signed in."""

    def __init__(self, port: int, requests: int, login: str, password: str) -> None:
        """Sign in and find the lesson."""
        self.visitor = Visitor(port)
        self.requests = requests
        token = self.visitor.token(self.visitor.ask("GET", "/sign-in")[1])
        status, _where = self.visitor.ask(
            "POST", "/sign-in", {"csrf_token": token, "login": login, "password": password, "next": ""}
        )
        assert status == 302, "the sample trainee could not sign in"
        home = self.visitor.ask("GET", "/learning/")[1]
        course = self.visitor.ask("GET", self._link(home, r'href="(/courses/\d+[^"]*)"'))[1]
        self.lesson = self._link(course, r'href="(/[^"]*lessons/\d+[^"]*)"')

    @staticmethod
    def _link(page: str, pattern: str) -> str:
        found = re.search(pattern, page)
        assert found, f"the page has no link like {pattern}"
        return found[1]

    def read_lesson(self) -> None:
        """Read the lesson again and again."""
        for _number in range(self.requests):
            status, _text = self.visitor.ask("GET", self.lesson)
            assert status == 200


class AnningSaving:
    """People who have begun the quiz of twenty items; each of them gives as many answers as somebody might."""

    def __init__(self, port: int, requests: int, quiz: int, cookies: list[str]) -> None:
        """Begin as many attempts as there are cookies; in a turn one of them takes all answers."""
        self.visitor, self.requests = Visitor(port), requests
        self.begun = iter([self._begin(quiz, cookie) for cookie in cookies])

    def _begin(self, quiz: int, cookie: str) -> tuple[str, str, dict[str, list[str]]]:
        self.visitor.cookies = {"anning": cookie, "lang": "zh"}
        status, where = self.visitor.ask("POST", f"/quiz/{quiz}/start", {})
        assert status == 302, f"the attempt did not start: {status}"
        return cookie, where, choices_in(self.visitor.ask("GET", where)[1])

    def save_answers(self) -> None:
        """Save an answer, each time to the next item and each time another one."""
        cookie, where, choices = next(self.begun)
        self.visitor.cookies = {"anning": cookie, "lang": "zh"}
        after = dict.fromkeys(choices, 0)
        for number in range(self.requests):
            position = list(choices)[number % len(choices)]
            several = choices[position]
            form = {
                f"{position}-after": str(after[position]),
                f"{position}-choice": several[number // len(choices) % len(several)],
            }
            status, text = self.visitor.ask("POST", f"{where}/answers", form, json=True)
            assert status == 200, text
            after[position] = json.loads(text)["answers"][position]["receipt"]


class FloorAttempts:
    """Attempts on the bare application, one after the other."""

    def __init__(self, port: int, each: int) -> None:
        """Get the cookie; `each` attempts are sat in a turn."""
        self.visitor, self.each, self.number = Visitor(port), each, 0
        self.visitor.ask("GET", "/enter")

    def batched(self) -> None:
        """Sit some, saving all answers at once."""
        self._sit(at_once=True)

    def single(self) -> None:
        """Sit some, saving answers one by one."""
        self._sit(at_once=False)

    def _sit(self, *, at_once: bool) -> None:
        for _number in range(self.each):
            self.number += 1
            sit(self.visitor, "/quiz/1", f"/attempt/{self.number}/start", "", at_once=at_once)


class AnningAttempts:
    """Attempts of people who have not sat the quiz before, one after the other."""

    def __init__(self, port: int, each: int, quiz: int, cookies: list[str]) -> None:
        """`each` attempts are sat in a turn, each by the next of those who are signed in by the `cookies`."""
        self.port, self.each, self.quiz, self.cookies = port, each, f"/quiz/{quiz}", iter(cookies)
        self.visitor = Visitor(port)

    def batched(self) -> None:
        """Sit some, saving all answers at once."""
        self._sit(at_once=True)

    def single(self) -> None:
        """Sit some, saving answers one by one."""
        self._sit(at_once=False)

    def _sit(self, *, at_once: bool) -> None:
        for _number in range(self.each):
            self.visitor.cookies = {"anning": next(self.cookies), "lang": "zh"}
            sit(self.visitor, self.quiz, f"{self.quiz}/start", "/result", at_once=at_once)


def sit(visitor: Visitor, quiz: str, start: str, result: str, *, at_once: bool) -> None:
    """One attempt: the quiz's page, start, paper, answers (and the paper again when all are sent at once), result."""
    assert visitor.ask("GET", quiz)[0] == 200
    status, where = visitor.ask("POST", start, {})
    assert status == 302, where
    status, paper = visitor.ask("GET", where)
    choices = choices_in(paper)
    assert (status, len(choices)) == (200, 20), status
    fields = [{f"{place}-after": "0", f"{place}-choice": several[0]} for place, several in choices.items()]
    if at_once:
        assert visitor.ask("POST", f"{where}/answers", {name: one[name] for one in fields for name in one})[0] == 302
        assert visitor.ask("GET", where)[0] == 200
    else:
        for one in fields:
            assert visitor.ask("POST", f"{where}/answers", one, json=True)[0] == 200
    assert visitor.ask("POST", f"{where}/hand-in", {})[0] == 302
    status, page = visitor.ask("GET", where + result)
    assert status == 200, page
