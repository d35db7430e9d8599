"""The programme as a kind of activity: enrolling, completing and withdrawing are lines of its own in the ledger."""

from flask_babel import lazy_gettext as _l

from training.activities import kinds

PROGRAMME = "training:programme"


def register() -> None:
    """Tell the registry of kinds."""
    kinds.register(kinds.ActivityKind(name=PROGRAMME, label=_l("Programme"), measure="completed"))
