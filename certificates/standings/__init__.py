"""How many certificates are in force, end soon, have ended, or count no more: a page of the report area."""
