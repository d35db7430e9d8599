"""What certificates write into the ledger: one that was issued counts its person as certified, a revoked one not."""

from training.progress import outcomes

ISSUED = outcomes.register("certificates:issued", "certified", 1)
REISSUED = outcomes.register("certificates:reissued", "certified", 0)  # in the place of another one, which counted
REVOKED_OF_SEVERAL = outcomes.register("certificates:revoked-of-several", "certified", 0)  # another one stands
REVOKED = outcomes.register("certificates:revoked", "certified", -1)
