"""Reading WebVTT: the words that are spoken, as a transcript to read. Pure."""

from __future__ import annotations

import re

TIMES = re.compile(r"^\s*[\d:.]+\s+-->\s+[\d:.]+")
MARKUP = re.compile(r"<[^>]*>")
LONGEST = 60_000


def transcript(text: str) -> str:
    """What is said, a line for each cue, without times, styles and marks."""
    lines: list[str] = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        rows = block.strip().split("\n")
        times = next((number for number, row in enumerate(rows) if TIMES.match(row)), None)
        if times is None:
            continue
        said = " ".join(MARKUP.sub("", row).strip() for row in rows[times + 1 :])
        said = said.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&").strip()
        if said and said != (lines[-1] if lines else ""):
            lines.append(said)
    return "\n".join(lines)[:LONGEST]
