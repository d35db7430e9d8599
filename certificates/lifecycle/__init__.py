"""The life of a certificate after its issue: suspended, reinstated, revoked, re-issued, and the history of all that."""
