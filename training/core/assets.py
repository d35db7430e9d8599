"""Static files under names that carry their content's hash, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from flask import Response, abort, make_response, request, url_for

FOLDER = Path(__file__).resolve().parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:16]


def asset(name: str) -> str:
    """The address of a static file."""
    return _address(request.script_root, name)


@cache
def _address(_root: str, name: str) -> str:
    return url_for("core.asset", digest=_digest(name), name=name)


def serve(digest: str, name: str) -> Response:
    """The file itself; 404 for a name or a hash that there is not."""
    path = FOLDER / name
    if path.parent != FOLDER or not path.is_file() or digest != _digest(name):
        abort(404)
    response = make_response(path.read_bytes())
    response.mimetype = KINDS.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
