"""Messages about a release: to whoever may give it, and to the maker when it is decided. Sent after the commit."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask_babel import gettext as _

from certificates.batches.models import Batch
from certificates.drafts import in_both
from training.core.access import Actor
from training.messages import services as messages


def asked(batch: Batch, cohort: str, releasers: Collection[Actor], *, by: Actor) -> None:
    """Tell those who may release a batch that it waits for them."""
    _send(
        batch,
        [one.id for one in releasers],
        lambda: _("A batch of certificates waits for your release"),
        lambda: _(
            "%(name)s has handed in batch %(number)s for the cohort “%(cohort)s”. Look at it and release it, or send "
            "it back with a reason.",
            name=by.name,
            number=batch.id,
            cohort=cohort,
        ),
        "awaiting",
        by,
    )


def released(batch: Batch, *, by: Actor) -> None:
    """Tell the maker that it runs."""
    _send(
        batch,
        [batch.confirmed_by_id],
        lambda: _("Batch %(number)s is released", number=batch.id),
        lambda: _(
            "%(name)s has released batch %(number)s; the certificates are being issued.", name=by.name, number=batch.id
        ),
        "released",
        by,
    )


def sent_back(batch: Batch, reason: str, *, by: Actor) -> None:
    """Tell the maker that nothing is issued, and why."""
    _send(
        batch,
        [batch.confirmed_by_id],
        lambda: _("Batch %(number)s was sent back", number=batch.id),
        lambda: _(
            "%(name)s has sent batch %(number)s back: %(reason)s Nothing was issued; put it right and hand it in "
            "again.",
            name=by.name,
            number=batch.id,
            reason=reason,
        ),
        "returned",
        by,
    )


def _send(
    batch: Batch, to: Collection[int], title: Callable[[], str], body: Callable[[], str], key: str, by: Actor
) -> None:
    titles, bodies = in_both(title), in_both(body)
    messages.send(
        to,
        title_zh=titles.zh,
        title_en=titles.en,
        body_zh=bodies.zh,
        body_en=bodies.en,
        key=f"certificate-batch:{batch.id}:{key}",
        url=f"/certificates/batches/{batch.id}",
        sender=by,
    )
