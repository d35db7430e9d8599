"""Items that come in from files: looked at first, written after a confirmation, in pieces that can be resumed."""
