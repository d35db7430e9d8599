"""A certificate made ready, printed and signed, from plain values alone. As a program: one of a crew (`crew.py`).

The program reads JSON, one object a line: first what it needs, then orders. It answers each order with one line: the
document in base 64, or what is wrong. It ends with its input, so that nobody who hired it leaves it behind.
"""

from __future__ import annotations

import base64
import gc
import json
import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from certificates.design import Design
from certificates.fields import CertificateFields
from certificates.signing import keys
from certificates.signing.keys import DocumentKey
from training.core import fonts
from training.core.fonts import Typefaces

NICE = 5
"""How far a crew stands behind whoever answers requests."""


@dataclass(frozen=True)
class Order:
    """What a certificate is made from; `key` is the fingerprint of the key that is to sign it, at `at`."""

    fields: CertificateFields
    design: Design | None
    photo: bytes | None
    code: str
    at: datetime
    key: str

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        look = self.design
        return {
            "fields": self.fields.as_dict(),
            "design": look and {"page": look.page, "sheet": look.sheet, "frame": look.frame.decode()},
            "photo": self.photo and base64.b64encode(self.photo).decode(),
            "code": self.code,
            "at": self.at.isoformat(),
            "key": self.key,
        }

    @classmethod
    def from_dict(cls, read: dict[str, Any]) -> Self:
        """Read what `as_dict` wrote."""
        look = read["design"] and Design(**{**read["design"], "frame": read["design"]["frame"].encode()})
        return cls(
            CertificateFields.from_dict(read["fields"]),
            look,
            read["photo"] and base64.b64decode(read["photo"]),
            read["code"],
            datetime.fromisoformat(read["at"]),
            read["key"],
        )


@dataclass(frozen=True)
class Tools:
    """The faces, the key and the time-stamp authority (empty for none)."""

    typefaces: Typefaces
    key: DocumentKey
    time_stamps: str = ""


def make(order: Order, tools: Tools) -> bytes:
    """The document, printed with its code and signed; raises `CannotPrint` or `KeyFault` (not the key of the order)."""
    from certificates import pdf  # the press is half of what starting costs, and web processes never print
    from certificates.signing import pen, seat

    key, url = tools.key, tools.time_stamps
    if key.fingerprint != order.key:
        raise keys.KeyFault("The signing key was exchanged meanwhile.")
    claim = seat.Claim(order.fields.number, order.fields.person_name, order.code)
    finish = seat.reserve(claim, pen.room_for(key, stamped=bool(url)))
    printed = pdf.render(order.fields, tools.typefaces, order.design, code=order.code, photo=order.photo, finish=finish)
    return pen.sign(printed, key, order.at, pen.Authority(url) if url else None)


@dataclass(frozen=True)
class Needs:
    """Where a crew finds its tools: paths, empty for none, and the address of the time-stamp authority."""

    node_modules: str
    cut_fonts: str
    key: str
    passphrase: str = ""
    time_stamps: str = ""

    def fetched(self) -> Tools:
        """The tools; raises `FontsMissing` or `KeyFault`."""
        passphrase = Path(self.passphrase) if self.passphrase else None
        return Tools(
            fonts.find_typefaces(Path(self.node_modules), Path(self.cut_fonts)),
            keys.load_document_key(Path(self.key), passphrase),
            self.time_stamps,
        )


def main() -> None:
    """Make what is ordered until nothing more is."""
    os.nice(NICE)
    tools = Needs(**json.loads(sys.stdin.readline())).fetched()
    gc.freeze()  # what is there now stays; looking through it for garbage would find nothing
    for line in sys.stdin:
        try:
            answer = {"document": base64.b64encode(make(Order.from_dict(json.loads(line)), tools)).decode()}
        except Exception as error:  # noqa: BLE001 - whoever ordered it is told, and logs it
            answer = {"fault": f"{type(error).__name__}: {error}"}
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
