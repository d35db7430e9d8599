"""How many certificates are valid, end soon, have ended or were revoked: a page of the report area."""
