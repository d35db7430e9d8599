"""Every text for people has its Chinese, and keeps its placeholders."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.architecture.sources import PACKAGES, ROOT
from tests.wording import CHINESE

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def extracted(package: str, folder: Path) -> Catalog:
    """What the sources of a package say to people."""
    target = folder / f"{package}.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "-F", "babel.cfg"]
    command += ["-k", "_l", "-k", "_n:1,2", "--no-location", "--omit-header", "-o", str(target), package]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with target.open("rb") as file:
        return read_po(file)


def catalogue(package: str) -> Catalog:
    """The Chinese of a package."""
    path = ROOT / package / "translations/zh/LC_MESSAGES/messages.po"
    return read_po(io.BytesIO(path.read_bytes()) if path.exists() else io.BytesIO(b""), locale="zh")


def strings(value: object) -> list[str]:
    """The forms of a message."""
    return [str(one or "") for one in value] if isinstance(value, list | tuple) else [str(value or "")]


@pytest.mark.parametrize("package", PACKAGES)
def test_chinese_is_complete(package: str, tmp_path: Path) -> None:
    have = catalogue(package)
    faults = []
    for message in extracted(package, tmp_path):
        if not message.id:
            continue
        held = have.get(message.id)
        if held is None or not all(strings(held.string)):
            faults.append(f"no Chinese: {message.id!r}")
        elif held.fuzzy:
            faults.append(f"fuzzy: {message.id!r}")
        else:
            wanted = set(PLACEHOLDER.findall(strings(message.id)[-1]))
            faults += [
                f"placeholders differ: {one!r}"
                for one in strings(held.string)
                if not set(PLACEHOLDER.findall(one)) <= wanted | {"%(num)d"}
                or wanted - {"%(num)d"} - set(PLACEHOLDER.findall(one))
            ]
    assert not faults, "\n".join(faults)


def test_one_english_text_has_one_chinese() -> None:
    """A text that two packages share is found in whichever catalogue is asked first."""
    seen: dict[str, tuple[str, str]] = {}
    faults = []
    for package in PACKAGES:
        for message in catalogue(package):
            if not message.id:
                continue
            key, chinese = strings(message.id)[0], strings(message.string)[0]
            other = seen.setdefault(key, (package, chinese))
            if other[1] != chinese:
                faults.append(f"{key!r}: {other[0]} says {other[1]!r}, {package} says {chinese!r}")
    assert not faults, "\n".join(faults)


def test_chinese_is_written_with_full_width_punctuation() -> None:
    half = re.compile(rf"(?<={CHINESE.pattern})[,;:!?](?:\s|$|{CHINESE.pattern})")
    faults = [
        f"{package}: {text!r}"
        for package in PACKAGES
        for message in catalogue(package)
        if message.id
        for text in strings(message.string)
        if half.search(PLACEHOLDER.sub("", text))
    ]
    assert not faults, "\n".join(faults)
