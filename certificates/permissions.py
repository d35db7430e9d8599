"""What may be done with certificates, and by which roles; which certificates, stands in `policies.py`."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from training.core import access, audit
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over certificates, alphabetically."""

    ISSUE = "certificates:certificate:issue"
    OPEN = "certificates:certificate:open"  # one certificate and its document: others' by READ, one's own by READ_OWN
    READ = "certificates:certificate:read"
    READ_OWN = "certificates:certificate:read-own"
    REVOKE = "certificates:certificate:revoke"


GRANTS = {
    Permission.ISSUE: (Role.COORDINATOR,),
    Permission.OPEN: (Role.COORDINATOR, Role.OFFICER, Role.TRAINEE),
    Permission.READ: (Role.COORDINATOR, Role.OFFICER),
    Permission.READ_OWN: (Role.TRAINEE,),
    Permission.REVOKE: (Role.COORDINATOR,),
}

VERBS = {
    "certificate.issue": _l("certificate issued"),
    "certificate.keep": _l("certificate kept in force"),
    "certificate.reinstate": _l("certificate reinstated"),
    "certificate.replace": _l("certificate issued in the place of another one"),
    "certificate.revoke": _l("certificate revoked"),
    "certificate.suspend": _l("certificate suspended"),
    "certificate_batch.finish": _l("batch of certificates finished"),
    "certificate_batch.open": _l("batch of certificates opened"),
    "certificate_batch.pause": _l("batch of certificates paused"),
    "certificate_batch.resume": _l("batch of certificates resumed"),
    "certificate_batch.stop": _l("batch of certificates stopped"),
    "certificate_renewal.ask": _l("renewal of a certificate asked for"),
    "certificate_renewal.grant": _l("certificate renewed"),
    "certificate_renewal.refuse": _l("renewal of a certificate not granted"),
    "certificate_renewal.take_back": _l("request for renewal taken back"),
}

NAMES = {
    "certificate": _l("certificate"),
    "authority": _l("on whose authority"),
    "certificate_batch": _l("batch of certificates"),
    "certificate_renewal": _l("request for renewal"),
    "issued": _l("issued"),
    "lines": _l("people chosen"),
    "number": _l("number"),
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
