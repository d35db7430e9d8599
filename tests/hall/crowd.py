"""The people who sit the examination: a process of its own, one task and one kept connection for each of them.

    python -m tests.hall.crowd PLAN RESULT

Reads a `Plan` as JSON and writes what happened (`Told`), with every answer that was acknowledged. It speaks HTTP by
hand, because a client library would cost more than the pages it asks for. Loopback only.
"""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import random
import re
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

FIELD = re.compile(rb'name="(\d+)-(choice|text)([^"]*)" value="([^"]*)"')
ROUNDS, AT_ONCE = 8, 2
TEXTS = ("纳洛酮", "naloxone", "吗啡")
PATIENCE = 60.0  # seconds that a browser waits for a page
AGAIN = 1.0  # seconds until somebody asks again for what did not come; the page's script too


@dataclass(frozen=True)
class Plan:
    """Who comes, over how many seconds, and how long they think; in `rush` all begin in the same second.

    `people` are pairs of an id and a cookie; `seconds` is how long all may take. Whoever is `patient` asks for a page
    again that did not come; else that is an error, and so is an answer that has to be sent again.
    """

    port: int
    quiz: int
    code: str
    people: list[list[Any]]
    ramp: float
    think: list[float]
    rush: bool
    seconds: float
    patient: bool = False


@dataclass
class Told:
    """What happened. `times` are seconds by kind of request, `answers` by person: receipt, position, answer.

    `first_page` is how many seconds somebody waited for it at most; `failed` were asked for again.
    """

    times: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    answers: dict[int, list[list[Any]]] = field(default_factory=dict)
    handed_in: list[int] = field(default_factory=list)
    attempts: dict[int, int] = field(default_factory=dict)
    first_page: float = 0.0
    opened_again: int = 0
    sent_again: int = 0
    cpu: float = 0.0
    clock: float = 0.0
    bytes: int = 0


class Wrong(Exception):
    """An answer of the server that nobody wants to see."""


class Line(asyncio.Protocol):
    """A kept connection on which one request at a time is answered."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.waiting: asyncio.Future[tuple[int, bytes, bytes]] | None = None
        self.got = bytearray()
        self.head = b""
        self.length = -1
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.is_open = transport, True

    def connection_lost(self, error: Exception | None) -> None:
        """The server closed it: after an idle while, as servers do, or in the midst of an answer."""
        self.is_open = False
        if self.waiting and not self.waiting.done():
            self.waiting.set_exception(error or ConnectionResetError("closed without an answer"))

    def data_received(self, data: bytes) -> None:
        """A piece of an answer."""
        self.got += data
        if self.length < 0:
            head, end, rest = self.got.partition(b"\r\n\r\n")
            if not end:
                return
            self.head = bytes(head)
            found = re.search(rb"\r\nContent-Length: (\d+)", self.head, re.IGNORECASE)
            if found is None:
                raise Wrong("an answer without a length")
            self.length, self.got = int(found[1]), bytearray(rest)
        if len(self.got) >= self.length and self.waiting and not self.waiting.done():
            body, self.got = bytes(self.got), bytearray()
            self.length = -1
            if b"\r\nConnection: close" in self.head:
                self.is_open = False
            self.waiting.set_result((int(self.head[9:12]), self.head, body))

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes, bytes]]:
        """Send a request."""
        assert self.transport is not None
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.waiting


class Candidate:
    """Somebody in a browser with scripts."""

    def __init__(self, plan: Plan, person_id: int, cookie: str, told: Told) -> None:
        """Signed in already."""
        self.plan, self.person_id, self.cookie, self.told = plan, person_id, cookie, told
        self.line: Line | None = None
        self.chance = random.Random(person_id)
        self.after: dict[int, int] = {}
        self.answers: dict[int, list[tuple[str, str]]] = {}

    async def ask(
        self, kind: str, method: str, path: str, form: list[tuple[str, str]] | None = None
    ) -> tuple[int, bytes, bytes]:
        """One request on the kept connection; a new one is opened where the server has closed it meanwhile."""
        begun = time.perf_counter()
        body = urlencode(form).encode() if form is not None else b""
        accept = "application/json" if kind == "save" else "text/html"
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\nAccept-Encoding: gzip\r\n"
            f"Sec-Fetch-Site: same-origin\r\nCookie: anning={self.cookie}; lang=zh\r\n"
        )
        if form is not None:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        async with asyncio.timeout(PATIENCE):
            status, headers, content = await self._send(head.encode() + b"\r\n" + body)
        self.told.times.setdefault(kind, []).append(time.perf_counter() - begun)
        self.told.bytes += len(headers) + len(content)
        found = re.search(rb"\r\nSet-Cookie: anning=([^;]+)", headers)
        if found:
            self.cookie = found[1].decode()
        if b"\r\nContent-Encoding: gzip" in headers:
            content = gzip.decompress(content)
        return status, headers, content

    async def _send(self, request: bytes) -> tuple[int, bytes, bytes]:
        """As browsers do: a kept connection that closes under a request is replaced, once."""
        if self.line is not None and self.line.is_open:
            try:
                return await self.line.ask(request)
            except ConnectionError:
                self.told.sent_again += 1
        if self.line is not None:
            self.told.opened_again += 1
        loop = asyncio.get_running_loop()
        _transport, self.line = await loop.create_connection(Line, "127.0.0.1", self.plan.port)
        return await self.line.ask(request)

    async def insist(
        self, kind: str, method: str, path: str, form: list[tuple[str, str]] | None = None
    ) -> tuple[int, bytes, bytes]:
        """Ask until somebody answers who is well, as the page's script does, and people who reload."""
        while True:
            try:
                told = await self.ask(kind, method, path, form)
                if told[0] < 500:
                    return told
                words = f"{kind}: {told[0]}"
            except (OSError, TimeoutError) as error:
                words = f"{kind}: {type(error).__name__} {error}"
            (self.told.failed if self.plan.patient else self.told.errors).append(words)
            if kind != "save" and not self.plan.patient:
                raise Wrong(words)
            await asyncio.sleep(AGAIN)

    async def page(self, kind: str, path: str) -> bytes:
        """A page that must come."""
        status, _headers, content = await self.insist(kind, "GET", path)
        if status != 200:
            raise Wrong(f"{kind} answers {status}")
        return content

    async def led(self, kind: str, path: str, form: list[tuple[str, str]]) -> str:
        """A form that must lead somewhere."""
        status, headers, content = await self.insist(kind, "POST", path, form)
        found = re.search(rb"\r\nLocation: (\S+)", headers)
        if status not in {302, 303} or found is None:
            words = re.sub(r"<[^>]+>|\s+", " ", content.decode(errors="replace"))
            raise Wrong(f"{kind} answers {status}: {words[-300:]}")
        return found[1].decode()

    async def sit(self, begins: float) -> None:
        """Come at a moment, read, answer, hand in, and read the result; in a rush only answer the first page."""
        landing = f"/quiz/{self.plan.quiz}"
        if self.plan.rush:
            await asyncio.sleep(self.chance.uniform(0, self.plan.ramp))
            await self.page("landing", landing)
        await asyncio.sleep(max(0.0, begins - time.perf_counter()))
        begun = time.perf_counter()
        if not self.plan.rush:
            await self.page("landing", landing)
        where = await self.led("start", f"{landing}/start", [("code", self.plan.code), ("honour", "y")])
        attempt = int(where.rpartition("/")[2])
        self.told.attempts[self.person_id] = attempt
        options = self._read(await self.page("paper", where))
        self.told.first_page = max(self.told.first_page, time.perf_counter() - begun)
        order = list(options)
        for number in range(1 if self.plan.rush else ROUNDS):
            await asyncio.sleep(self.chance.uniform(*self.plan.think))
            for position in order[AT_ONCE * number : AT_ONCE * (number + 1)]:
                await self._answer(f"{where}/answers", position, options[position])
        if not self.plan.rush:
            fields = [pair for position in order for pair in self._fields(position)]
            await self.page("result", await self.led("hand-in", f"{where}/hand-in", fields))
            self.told.handed_in.append(self.person_id)
        if self.line is not None and self.line.transport is not None:
            self.line.transport.close()

    def _read(self, paper: bytes) -> dict[int, dict[str, list[str]]]:
        """The fields of each item by position, with the values that can be chosen."""
        found: dict[int, dict[str, list[str]]] = {}
        for position, name, part, value in FIELD.findall(paper):
            fields = found.setdefault(int(position), {})
            fields.setdefault((name + part).decode(), []).append(value.decode())
        if len(found) != ROUNDS * AT_ONCE:
            raise Wrong(f"the paper has {len(found)} items")
        return found

    def _fields(self, position: int) -> list[tuple[str, str]]:
        named = [(f"{position}-{name}", value) for name, value in self.answers[position]]
        return [(f"{position}-after", str(self.after.get(position, 0))), (f"{position}-flag", ""), *named]

    async def _answer(self, path: str, position: int, options: dict[str, list[str]]) -> None:
        """Choose, and send until it is acknowledged, as the page's script does."""
        self.answers[position] = [
            (name, self.chance.choice(TEXTS if name == "text" else values)) for name, values in options.items()
        ]
        status, _headers, content = await self.insist("save", "POST", path, self._fields(position))
        line = json.loads(content).get("answers", {}).get(str(position), {})
        if status != 200 or "receipt" not in line:
            raise Wrong(f"save answers {status}: {content[:300]!r}")
        self.after[position] = line["receipt"]
        said = [value for _name, value in self.answers[position]]
        self.told.answers.setdefault(self.person_id, []).append([line["receipt"], position, said])


async def _one(candidate: Candidate, begins: float) -> None:
    try:
        await candidate.sit(begins)
    except (Wrong, OSError, TimeoutError, ValueError, KeyError) as error:
        candidate.told.errors.append(f"{type(error).__name__}: {error}")


async def come(plan: Plan) -> Told:
    """Let all of them come; whoever has not finished in time is an error."""
    told, begun = Told(), time.perf_counter()
    begins = begun + (plan.ramp + 5 if plan.rush else 0.0)
    step = 1.0 / len(plan.people) if plan.rush else plan.ramp / len(plan.people)
    coming = [
        asyncio.create_task(_one(Candidate(plan, person_id, cookie, told), begins + place * step))
        for place, (person_id, cookie) in enumerate(plan.people)
    ]
    _done, late = await asyncio.wait(coming, timeout=plan.seconds)
    for task in late:
        task.cancel()
    told.errors += ["did not finish in time"] * len(late)
    told.cpu, told.clock = time.process_time(), time.perf_counter() - begun
    return told


def main(plan: Path, result: Path) -> None:
    """Read the plan, come, write what happened."""
    gc.freeze()
    told = asyncio.run(come(Plan(**json.loads(plan.read_text()))))
    result.write_text(json.dumps(asdict(told)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
