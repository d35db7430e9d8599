"""Checks of marks (成绩复核): somebody asks once for the mark of an examination to be checked, and is answered."""
