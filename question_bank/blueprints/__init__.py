"""Examinations drawn to a plan: sections with their scoring, draws, and the paper that a seed makes of them."""
