"""What examining a file found, in words."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from certificates.signing.examine import Finding, Verdict


@dataclass(frozen=True)
class Told:
    """A heading and a sentence, and the look of the frame around them."""

    heading: str
    sentence: str
    look: str


def told(finding: Finding, *, in_force: bool) -> Told:
    """The finding for whoever sent the file; `in_force`: the register knows the number and it is valid today."""
    heading, sentence = _texts()[finding.verdict]
    if finding.verdict is Verdict.GENUINE or finding.verdict is Verdict.ISSUED:
        if not finding.key_was_valid and finding.signer:
            return Told(
                _("The key had expired when this was signed"),
                _("The file is whole, but it bears a day on which the key was not valid. Do not rely on it."),
                "revoked",
            )
        return Told(heading, sentence, "valid" if in_force else "expired")
    return Told(heading, sentence, "unknown" if finding.verdict is Verdict.FOREIGN else "revoked")


def _texts() -> dict[Verdict, tuple[str, str]]:
    return {
        Verdict.ISSUED: (
            _("This is the file that was issued"),
            _("Not one byte of it differs from what the register issued."),
        ),
        Verdict.GENUINE: (
            _("The file is whole and signed by us"),
            _("Nothing was changed since it was signed. The register no longer keeps these bytes to compare."),
        ),
        Verdict.EXTENDED: (
            _("Something was added after the signing"),
            _("The first part is signed by us; what follows it is not. What you see may not be what was issued."),
        ),
        Verdict.ALTERED: (
            _("The file was changed"),
            _("It bears our signature, and the signature does not fit: what it says is not what was issued."),
        ),
        Verdict.RESIGNED: (
            _("Somebody else signed this file"),
            _("The signature is not made by one of our keys. It says nothing about the certificate."),
        ),
        Verdict.UNSIGNED: (
            _("This file is not signed"),
            _(
                "Anybody can make such a file. It names a certificate: compare every line with the register, the name "
                "above all."
            ),
        ),
        Verdict.FOREIGN: (
            _("This is not a certificate of ours"),
            _("It is no PDF, or it names no certificate. Send the PDF as you received it, not a photograph of it."),
        ),
    }
