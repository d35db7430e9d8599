"""Regions (GB/T 2260), institutions with their beds, and training bases."""

from flask import Flask


def init_app(_app: Flask) -> None:
    """Nothing to plug in yet: places are read by others."""
