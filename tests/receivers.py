"""The other side of what Anning sends: a small SMTP server and a small gateway for text messages, on this machine."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class PostOffice:
    """What an SMTP server has taken; `refuse` answers a recipient, `before_end` is called before the end."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    before_end: Callable[[], None] | None = None

    @property
    def url(self) -> str:
        """The setting that leads here."""
        return f"smtp://127.0.0.1:{self.port}?tls=none"


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """An SMTP server that takes letters."""
    office = PostOffice()

    class Conversation(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode(errors="replace").strip():
                verb = line.upper().partition(" ")[0]
                if verb == "RCPT":
                    address = line.partition("<")[2].partition(">")[0]
                    self.say(office.refuse.get(address, "250 ok"))
                elif verb == "DATA":
                    self.say("354 go on")
                    self.take()
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            letter = message_from_bytes(b"".join(lines), policy=policy.default)
            office.letters.append(letter)
            if office.before_end:
                office.before_end()
            self.say("250 taken")

    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)) as port:
        office.port = port
        yield office


@dataclass
class Gateway:
    """What a gateway for text messages was sent; `answers` are the statuses it gives, then 200."""

    port: int = 0
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The setting that leads here."""
        return f"http://127.0.0.1:{self.port}/send"


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A gateway that takes text messages."""
    taken = Gateway()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.requests.append((self.headers["Authorization"], json.loads(body)))
            status = taken.answers.pop(0) if taken.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", taken.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Answer)) as port:
        taken.port = port
        yield taken


@contextmanager
def _served(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
