"""Other people's files to read, where they are at hand: `../shared/data/questions`, or under `SHARED_DATA`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def folder(name: str) -> Path | None:
    """The folder of that format, None where it is not at hand."""
    places = [Path(os.environ["SHARED_DATA"])] if "SHARED_DATA" in os.environ else []
    places.append(Path(__file__).resolve().parents[4] / "shared" / "data")
    return next((place / "questions" / name for place in places if (place / "questions" / name).is_dir()), None)


def files(name: str, pattern: str = "*") -> list[Path]:
    """The files of a format; none where they are not at hand."""
    place = folder(name)
    return sorted(place.glob(pattern)) if place else []


def file(name: str, of: str) -> bytes:
    """One file; skips the test where it is not at hand."""
    place = folder(of)
    if place is None:
        pytest.skip(f"../shared/data/questions/{of} is not at hand")
    return (place / name).read_bytes()
