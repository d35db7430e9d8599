"""Measurements as ratios: each figure is a multiple of a floor measured beside it in the same run."""
