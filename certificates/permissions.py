"""What may be done with certificates, and by which roles; which certificates, stands in `policies.py`."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from training.core import access, audit
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over certificates, alphabetically."""

    DESIGN = "certificates:design:write"
    ISSUE = "certificates:certificate:issue"
    NUMBERING = "certificates:numbering:write"
    OPEN = "certificates:certificate:open"  # one certificate and its document: others' by READ, one's own by READ_OWN
    READ = "certificates:certificate:read"
    READ_OWN = "certificates:certificate:read-own"
    RELEASE = "certificates:batch:release"
    RELEASE_ABOVE = "certificates:batch:release-above"  # what needs an officer
    RELEASE_RULE = "certificates:release-rule:write"
    REVOKE = "certificates:certificate:revoke"


GRANTS = {
    Permission.DESIGN: (Role.COORDINATOR, Role.OFFICER),
    Permission.ISSUE: (Role.COORDINATOR,),
    Permission.NUMBERING: (Role.COORDINATOR, Role.OFFICER),
    Permission.OPEN: (Role.COORDINATOR, Role.OFFICER, Role.TRAINEE),
    Permission.READ: (Role.COORDINATOR, Role.OFFICER),
    Permission.READ_OWN: (Role.TRAINEE,),
    Permission.RELEASE: (Role.COORDINATOR, Role.OFFICER),
    Permission.RELEASE_ABOVE: (Role.OFFICER,),
    Permission.RELEASE_RULE: (Role.OFFICER,),
    Permission.REVOKE: (Role.COORDINATOR,),
}

VERBS = {
    "certificate.issue": _l("certificate issued"),
    "certificate.keep": _l("certificate kept in force"),
    "certificate.reinstate": _l("certificate reinstated"),
    "certificate.replace": _l("certificate issued in the place of another one"),
    "certificate.revoke": _l("certificate revoked"),
    "certificate.suspend": _l("certificate suspended"),
    "certificate_number.void": _l("number of certificates made void"),
    "certificate_number_scheme.begin": _l("numbering of certificates begun"),
    "certificate_number_scheme.end": _l("numbering of certificates ended"),
    "certificate_batch.finish": _l("batch of certificates finished"),
    "certificate_batch.open": _l("batch of certificates opened"),
    "certificate_batch.pause": _l("batch of certificates paused"),
    "certificate_batch.release": _l("batch of certificates released"),
    "certificate_batch.return": _l("batch of certificates sent back"),
    "certificate_batch.resume": _l("batch of certificates resumed"),
    "certificate_batch.stop": _l("batch of certificates stopped"),
    "certificate_renewal.ask": _l("renewal of a certificate asked for"),
    "certificate_renewal.grant": _l("certificate renewed"),
    "certificate_renewal.refuse": _l("renewal of a certificate not granted"),
    "certificate_renewal.take_back": _l("request for renewal taken back"),
    "certificate_design.approve": _l("design of certificates approved"),
    "certificate_design.begin": _l("design of certificates begun"),
    "certificate_design.retire": _l("design of certificates retired"),
    "certificate_design.write": _l("design of certificates written"),
    "certificate_portrait.put": _l("photo for certificates put"),
    "certificate_portrait.withdraw": _l("photo for certificates withdrawn"),
    "certificate_release_rule.set": _l("release of batches set"),
}

NAMES = {
    "certificate": _l("certificate"),
    "authority": _l("on whose authority"),
    "certificate_batch": _l("batch of certificates"),
    "certificate_renewal": _l("request for renewal"),
    "certificate_drawn_number": _l("number of a certificate"),
    "certificate_number_scheme": _l("numbering of certificates"),
    "certificate_design": _l("design of certificates"),
    "certificate_portrait": _l("photo for certificates"),
    "certificate_release_rule": _l("release of batches"),
    "issued": _l("issued"),
    "lines": _l("people chosen"),
    "needs": _l("released by"),
    "number": _l("number"),
    "pattern": _l("pattern"),
    "refused": _l("refused"),
    "replaced_as": _l("kind of issue"),
    "replaces": _l("takes the place of"),
    "standingstable": _l("report on certificates"),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
    audit.describe(VERBS)
    audit.name(NAMES)
