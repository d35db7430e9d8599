"""Marking by a person along a rubric: essays wait here until somebody has read them."""
