"""The repository's own files, as the house rules look at them."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("training", "courses", "question_bank", "certificates")
SKIPPED = {".git", ".venv", "node_modules", "build", "instance", "__pycache__"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository; where git is not at hand, every file outside what set-up makes."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        return tuple(
            path for path in ROOT.rglob("*") if path.is_file() and not SKIPPED & set(path.relative_to(ROOT).parts)
        )
    return tuple(path for name in listed if name and (path := ROOT / name).is_file())


def product(suffix: str) -> list[Path]:
    """The product's files with that suffix, migrations left out."""
    return [
        path
        for path in tracked()
        if path.suffix == suffix
        and (path.relative_to(ROOT).parts[0] in PACKAGES or path.name == "wsgi.py")
        and "migrations" not in path.parts
    ]


def python(*, with_tests: bool = False) -> list[Path]:
    """The product's modules, and the tests where they have to keep the same rule."""
    tests = [
        path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in {"tests", "bench"}
    ]
    return product(".py") + (tests if with_tests else [])


def short(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def docstrings(module: ast.Module) -> set[int]:
    """The ids of the constants that are docstrings."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found
