"""What is done to be measured: the same two acts on the floor and on Anning, over one kept connection each."""

from __future__ import annotations

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
    """A trainee of the sample, signed in, in an attempt."""

    def __init__(self, port: int, requests: int, login: str, password: str) -> None:
        """Sign in and start the quiz; find the lesson."""
        self.visitor = Visitor(port)
        self.requests = requests
        token = self.visitor.token(self.visitor.ask("GET", "/sign-in")[1])
        status, where = self.visitor.ask(
            "POST", "/sign-in", {"csrf_token": token, "login": login, "password": password, "next": ""}
        )
        assert status == 302, "the sample trainee could not sign in"
        home = self.visitor.ask("GET", "/learning/")[1]
        self._start_quiz(home)
        self._find_lesson(home)

    def _start_quiz(self, home: str) -> None:
        landing = self._link(home, r'href="(/quiz/\d+[^"]*)"')
        page = self.visitor.ask("GET", landing)[1]
        start = self._link(page, r'action="([^"]*start[^"]*)"')
        status, where = self.visitor.ask("POST", start, {"csrf_token": self.visitor.token(page)})
        assert status in (302, 303), f"the attempt did not start: {status}"
        paper = self.visitor.ask("GET", where)[1]
        self.token = self.visitor.token(paper)
        forms = re.findall(r'<form[^>]*action="([^"]*answers/\d+)".*?</form>', paper, re.DOTALL)
        bodies = re.findall(r'<form[^>]*action="[^"]*answers/\d+"(.*?)</form>', paper, re.DOTALL)
        self.questions = [
            (address, re.findall(r'name="(\w+)" value="(\w+)"', body.replace("csrf_token", "")))
            for address, body in zip(forms, bodies, strict=True)
        ]

    def _find_lesson(self, home: str) -> None:
        course = self.visitor.ask("GET", self._link(home, r'href="(/courses/\d+[^"]*)"'))[1]
        self.lesson = self._link(course, r'href="(/[^"]*lessons/\d+[^"]*)"')

    @staticmethod
    def _link(page: str, pattern: str) -> str:
        found = re.search(pattern, page)
        assert found, f"the page has no link like {pattern}"
        return found[1]

    def save_answers(self) -> None:
        """Save an answer, each time another one."""
        for number in range(self.requests):
            address, choices = self.questions[number % len(self.questions)]
            name, value = choices[(number // len(self.questions)) % len(choices)]
            status, text = self.visitor.ask("POST", address, {"csrf_token": self.token, name: value}, json=True)
            assert status == 200, text

    def read_lesson(self) -> None:
        """Read the lesson again and again."""
        for _number in range(self.requests):
            status, _text = self.visitor.ask("GET", self.lesson)
            assert status == 200
