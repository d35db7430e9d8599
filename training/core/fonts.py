"""The typefaces of printed documents: where they lie, what they can print, and what they cannot.

Two tiers keep a document light. Nearly every document is set from a GB 2312 subset of Noto Serif SC, cut
once with fontTools under family names of its own and kept in a build folder; the whole face and then Hanazono
Mincho are loaded only for a text that needs them. One `FontFace` is one file, one family, one weight: two
files that share both make Pango print wrong characters.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

_NOTO = "@expo-google-fonts/noto-serif-sc"
_HANAZONO_FOLDERS = (Path("/usr/share/fonts/truetype/hanazono"), Path("/usr/share/fonts/opentype/hanazono"))
_RECIPE = "2"
"""Part of the name of a cut subset: raise it when the cutting changes, and old files are left aside."""

_LAYOUT_FEATURES = ["ccmp", "kern", "liga", "locl", "mark", "mkmk", "pwid"]
_NAME_IDS_OF_FAMILY = (1, 3, 4, 6, 16)


class CannotPrint(Exception):
    """The document would not come out right; the message says why, without a name: it is logged."""


class FontsMissing(Exception):
    """A typeface is not installed; the message says which file was looked for and what to do."""


@dataclass(frozen=True)
class FontFace:
    """One font file under the family name and weight by which the style sheet knows it."""

    family: str
    weight: int
    path: Path


@dataclass(frozen=True)
class Typefaces:
    """The font files of this machine: `everyday` for nearly every text, `rare` for the rest, in order."""

    everyday: tuple[FontFace, ...]
    rare: tuple[FontFace, ...]

    def coverage(self) -> frozenset[int]:
        """The code points that can be printed in every weight that the document uses."""
        return self._coverage

    def missing_characters(self, text: str) -> list[str]:
        """The characters of `text` that no face can print, each once, in order of appearance."""
        return [character for character in dict.fromkeys(text) if ord(character) not in self._coverage]

    def needed_for(self, text: str) -> tuple[FontFace, ...]:
        """The faces that a text needs: the everyday tier alone where it suffices, else all."""
        return self.everyday if self._everyday_coverage.issuperset(map(ord, text)) else self.everyday + self.rare

    @cached_property
    def _everyday_coverage(self) -> frozenset[int]:
        """What the everyday tier prints by itself, in all its weights."""
        return frozenset.intersection(*(code_points(face.path) for face in self.everyday))

    @cached_property
    def _coverage(self) -> frozenset[int]:
        """What all faces print together."""
        return self._everyday_coverage.union(*(code_points(face.path) for face in self.rare))


def find_typefaces(node_modules: Path, build: Path) -> Typefaces:
    """Find the font files and cut the everyday subset if `build` does not hold it yet (some seconds, once).

    Raises `FontsMissing`. Safe for two processes at once: each writes its own file and renames it into place.
    """
    regular = _noto(node_modules, "400Regular")
    bold = _noto(node_modules, "700Bold")
    return Typefaces(
        everyday=(
            FontFace("Anning Everyday", 400, _everyday_subset(regular, build)),
            FontFace("Anning Everyday", 700, _everyday_subset(bold, build)),
        ),
        rare=(
            FontFace("Anning Full", 400, regular),
            FontFace("Anning Full", 700, bold),
            FontFace("Anning Extension B", 400, _hanazono("HanaMinB.ttf")),
            FontFace("Anning Extension A", 400, _hanazono("HanaMinA.ttf")),
        ),
    )


def describe(character: str) -> str:
    """A character as one can look it up: `𠮷 (U+20BB7)`, or the number alone where nothing would be seen."""
    number = f"U+{ord(character):04X}"
    return f"{character} ({number})" if character.isprintable() and not character.isspace() else number


@lru_cache(maxsize=16)
def code_points(path: Path) -> frozenset[int]:
    """The code points that a font file has glyphs for and that are text."""
    with TTFont(path, lazy=True) as font:
        return frozenset(code for code in font.getBestCmap() if _is_text(code))


def gb2312_code_points() -> Iterator[int]:
    """GB 2312 (its 6,763 characters and its signs) with ASCII and the accented Latin letters of names."""
    yield from range(0x20, 0x7F)
    yield from range(0xA0, 0x250)
    yield from (0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026)
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            yield from map(ord, bytes((row, cell)).decode("gb2312", errors="ignore"))


def _is_text(code: int) -> bool:
    """Whether a code point may stand in a printed text: no control, format mark, private one."""
    return chr(code).isprintable() or code in {0xA0, 0x3000}


def _noto(node_modules: Path, style: str) -> Path:
    """One static weight of Noto Serif SC from the npm package."""
    path = node_modules / _NOTO / style / f"NotoSerifSC_{style}.ttf"
    return _existing(path, f"install the npm package {_NOTO} into {node_modules} (make setup does it)")


def _hanazono(name: str) -> Path:
    """One file of Hanazono Mincho from the Debian package."""
    paths = [folder / name for folder in _HANAZONO_FOLDERS]
    found = next((path for path in paths if path.is_file()), paths[0])
    return _existing(found, "install the Debian package fonts-hanazono")


def _existing(path: Path, remedy: str) -> Path:
    """The path itself if it is a file; else the sentence that says what is missing."""
    if not path.is_file():
        raise FontsMissing(f"Documents cannot be printed: the font file {path} is missing; {remedy}.")
    return path


def _everyday_subset(source: Path, build: Path) -> Path:
    """The GB 2312 subset of a face, cut now unless it is there; its file name tells source and recipe."""
    digest = hashlib.sha256(_RECIPE.encode() + source.read_bytes()).hexdigest()[:16]
    target = build / f"{source.stem}-gb2312-{digest}.ttf"
    if not target.is_file():
        build.mkdir(parents=True, exist_ok=True)
        _write_whole(target, source)
    return target


def _write_whole(target: Path, source: Path) -> None:
    """Put the subset under its name only when every byte of it is on the disk."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=target.stem, suffix=".part", delete=False) as part:
        try:
            with _cut(source) as font:
                font.save(part.name)
            os.fsync(part.fileno())
            Path(part.name).chmod(0o644)  # cut at set-up, perhaps by root; read by the account that serves
            Path(part.name).replace(target)
        except BaseException:
            Path(part.name).unlink()
            raise


def _cut(source: Path) -> TTFont:
    """The subset: no hinting, no vertical setting, names of its own, bytes that do not depend on the day."""
    options = subset.Options(hinting=False, layout_features=_LAYOUT_FEATURES, notdef_outline=True, name_IDs=["*"])
    options.drop_tables += ["vhea", "vmtx", "VORG", "STAT", "BASE"]
    font = subset.load_font(str(source), options)
    font.recalcTimestamp = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=gb2312_code_points())
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in _NAME_IDS_OF_FAMILY:
            record.string = f"AnningEveryday-{source.stem}"
    return font
