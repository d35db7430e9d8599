"""What a file is worth, told from published keys and a list of standings alone. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from certificates.signing import codes
from certificates.signing.examine import Finding, examine
from certificates.signing.published import Published
from certificates.signing.status_list import Standing, StatusList

UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Opinion:
    """The finding, what the code in the QR says, and where the certificate stands: `valid`, … or `unchecked`."""

    finding: Finding
    code: codes.Code | None
    status: str

    @property
    def name_fits(self) -> bool:
        """Whether the name in the file is the one that the code was made for."""
        return self.code is not None and self.code.is_of(self.finding.number, self.finding.name)

    @property
    def holds(self) -> bool:
        """Whether the file is a genuine certificate that is in force."""
        return self.finding.genuine and self.name_fits and self.status == Standing.VALID.name.lower()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        found, code = self.finding, self.code
        return {
            "verdict": found.verdict.value,
            "status": self.status,
            "number": found.number or None,
            "name": found.name or None,
            "signed_at": found.signed_at.isoformat() if found.signed_at else None,
            "signer": found.signer or None,
            "key": found.fingerprint or None,
            "key_was_valid": found.key_was_valid,
            "development_key": found.development,
            "issued_on": code.issued_on.isoformat() if code else None,
            "valid_until": code.valid_until.isoformat() if code and code.valid_until else None,
            "name_fits_code": self.name_fits,
            "sha256": found.sha256,
        }


def judge(
    content: bytes,
    published: Published,
    today: date,
    *,
    listed: StatusList | None = None,
    asked: Callable[[str], str | None] = lambda _number: None,
    is_issued: Callable[[str], bool] = lambda _sha256: False,
) -> Opinion:
    """Judge a file by the keys, and by a list of standings or by `asked`, which knows the standing of a number."""
    finding = examine(content, published.documents, is_issued)
    code = codes.read(finding.number, finding.code, published.codes) if finding.code else None
    return Opinion(finding, code, _status(finding, code, today, listed, asked))


def _status(
    finding: Finding,
    code: codes.Code | None,
    today: date,
    listed: StatusList | None,
    asked: Callable[[str], str | None],
) -> str:
    if listed is None:
        return (asked(finding.number) if finding.number else None) or UNCHECKED
    standing = listed.standing(code.place) if code is not None else None
    if standing is None:
        return UNCHECKED
    ended = code is not None and code.valid_until is not None and code.valid_until < today
    return "expired" if standing is Standing.VALID and ended else standing.name.lower()
