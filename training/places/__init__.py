"""Regions (GB/T 2260), institutions with their beds, and training bases."""

from flask import Flask


def init_app(_app: Flask) -> None:
    """Plug in the sample; places have no pages of their own yet."""
    from training.places import samples as samples
