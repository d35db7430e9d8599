"""`make bench-exam`: an examination sat by many at once, every answer compared afterwards; see `docs/operations.md`."""
