"""Proving a design: what can be told by reading it, then what comes of it on paper for hard names.

The printing is done by a process of its own (`trial.py`), which the system stops where it takes too long or too much.
Slow, some seconds: outside of any transaction.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from certificates.design import Design
from certificates.designs import rules
from certificates.designs.rules import Fault, Problem
from certificates.photos.drawing import silhouette
from training.core.errors import Conflict
from training.core.fonts import Typefaces

PATIENCE = 30
"""Seconds on the clock for all names together; of work, `trial.CPU_SECONDS`."""
MAY_FAIL = {"junk"}
"""A name that nobody has: what matters is that it is printed right or refused."""

BARE = "bare"
"""The kind of whoever has no photo, under a design that shows one."""

DUPLICATE = "duplicate"
"""The kind of a certificate that takes a lost one's place, and has to say so."""

_at_once = threading.Semaphore(1)


@dataclass(frozen=True)
class Proof:
    """What came of one hard name: a picture of the page (JPEG), or what is wrong. `kind` says which sort of name."""

    kind: str
    name: str
    picture: bytes = b""
    fault: Fault | None = None

    @property
    def stops(self) -> bool:
        """Whether a design cannot be approved for this."""
        return self.fault is not None and self.kind not in MAY_FAIL


@dataclass(frozen=True)
class Proved:
    """The whole proof of a design; `faults` are those found by reading it, and then nothing was printed."""

    design: Design
    faults: Sequence[Fault] = ()
    proofs: Sequence[Proof] = ()

    @property
    def sound(self) -> bool:
        """Whether certificates may be printed with it."""
        return not self.faults and bool(self.proofs) and not any(one.stops for one in self.proofs)


@lru_cache(maxsize=1)
def _hard() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(files("certificates.designs").joinpath("hard.json").read_text(encoding="utf-8"))
    return read


def hard_names() -> dict[str, str]:
    """The hard names by kind; the last is 200 characters of junk."""
    names: dict[str, str] = dict(_hard()["names"])
    length = int(_hard()["junk_length"])
    names["junk"] = (names["junk"] * length)[:length]
    return names


def example(name: str) -> dict[str, Any]:
    """A certificate of nobody, as its frozen fields."""
    apart = {"names", "junk_length", DUPLICATE}
    return {key: value for key, value in _hard().items() if key not in apart} | {"person_name": name}


def people_of(design: Design) -> list[tuple[str, dict[str, Any]]]:
    """Whom a design is printed for, by kind: with a photo where it shows one and then once without; and a duplicate."""
    names = hard_names()
    photo = {"photo": hashlib.sha256(silhouette()).hexdigest()} if design.prints_photo else {}
    people = [(kind, example(name) | photo) for kind, name in names.items()]
    if photo:
        people.append((BARE, example(names["ordinary"])))
    return [*people, (DUPLICATE, example(names["ordinary"]) | photo | _hard()[DUPLICATE])]


def prove(design: Design, typefaces: Typefaces) -> Proved:
    """Read a design, and print it for the hard names; raises `Conflict` while another is being printed here."""
    found = rules.faults(design)
    if found:
        return Proved(design, found)
    if not _at_once.acquire(timeout=PATIENCE / 2):
        raise Conflict(_("Another design is being looked at just now. Try again in a minute."))
    try:
        return Proved(design, (), list(_tried(design, typefaces)))
    finally:
        _at_once.release()


def _tried(design: Design, typefaces: Typefaces) -> Iterator[Proof]:
    people = people_of(design)
    asked = {
        "page": design.page,
        "sheet": design.sheet,
        "frame": design.frame.decode(),
        "faces": {
            tier: [[face.family, face.weight, str(face.path.resolve())] for face in getattr(typefaces, tier)]
            for tier in ("everyday", "rare")
        },
        "people": [fields for _kind, fields in people],
    }
    answers = _answers(json.dumps(asked))
    stopped = Fault(Problem.TOO_LONG)
    for number, (kind, fields) in enumerate(people):
        name = fields["person_name"]
        proof = _proof(kind, name, answers[number]) if number < len(answers) else Proof(kind, name, b"", stopped)
        yield proof
        if number >= len(answers) or (proof.fault and proof.fault.part == "page"):
            return


def _answers(asked: str) -> list[Mapping[str, Any]]:
    """What the process said before it ended or was stopped, one answer a name."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "certificates.designs.trial"]
        process = subprocess.Popen(  # noqa: S603 - our own module, nothing of the design on the command line
            command,
            cwd=Path(__file__).parents[2],
            env={"PATH": os.environ.get("PATH", ""), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            said, _errors = process.communicate(asked, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _errors = process.communicate()
    return [json.loads(line) for line in said.splitlines() if line.endswith("}")]


def _proof(kind: str, name: str, answer: Mapping[str, Any]) -> Proof:
    if "picture" in answer:
        return Proof(kind, name, base64.b64decode(answer["picture"]))
    fault = Fault(Problem(answer["problem"]), answer["part"], answer["line"], answer["detail"])
    return Proof(kind, name, b"", fault)
