"""A paper, its key or its answer sheet as PDF, from HTML and the pictures that it shows. Pure but for the typefaces."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from question_bank.blueprints.laying_out import Laid
from training.core.fonts import Typefaces

SHEET = Path(__file__).parents[1] / "templates" / "question_bank" / "printed.css"


def mark_of(paper: Sequence[Laid]) -> str:
    """Eight characters that are the same for what was laid out the same: they say which key belongs to which paper."""
    said = [(one.version_id, one.option_order, one.points, one.section) for one in paper]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:8].upper()


def render(html: str, typefaces: Typefaces, pictures: Mapping[str, Path], sheet: Path = SHEET) -> bytes:
    """The document as PDF/A-3a; a second of CPU, so outside a transaction. Raises `CannotPrint`."""
    from training.core import press  # the press is half of what starting costs, and few web processes print

    own = press.load(typefaces.needed_for(html), sheet.read_text(encoding="utf-8"))
    with press.at_work():
        return press.write(press.set_pages(html, own, pictures), own)
