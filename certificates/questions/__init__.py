"""Certificates whose programme is not fulfilled any more: their base decides, with a name and a reason."""
