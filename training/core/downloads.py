"""Handing out a file: its name in UTF-8 for browsers that read it (RFC 5987, RFC 6266) and in ASCII for the others."""

from __future__ import annotations

import re
from pathlib import PurePath
from urllib.parse import quote

from flask import Response


def download(content: bytes, name: str, mimetype: str) -> Response:
    """A response that a browser saves under `name`."""
    return Response(content, headers={"Content-Type": mimetype, "Content-Disposition": attachment(name)})


def attachment(name: str) -> str:
    """The header that names the file; what is not ASCII has a stand-in for old browsers."""
    ending = PurePath(name).suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,12}", PurePath(name).suffix) else ""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name.removesuffix(ending)).strip("-.") or "anning"
    return f"attachment; filename=\"{stem}{ending}\"; filename*=UTF-8''{quote(name, safe='')}"
