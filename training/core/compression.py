"""Pages, styles, scripts and other texts go out packed with gzip to whoever accepts it.

Left as they are: what is short, what is sent piece by piece (archives, stored files with their ranges) and what is
packed already (PDF, XLSX, pictures). What such packing tells a listener is said in `docs/patterns.md`, “Over the wire”.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

LEVEL = 5  # a page of 150 KB takes two milliseconds; level 9 makes it 4 % smaller and takes twice as long
SHORTEST = 860  # bytes; a smaller body travels in one packet either way
TEXTS = frozenset({"application/json", "application/yaml", "image/svg+xml"})


def is_text(response: Response) -> bool:
    """Whether the body is of a kind that packing makes smaller."""
    kind = response.mimetype or ""
    return kind.startswith("text/") or kind in TEXTS


def init_app(app: Flask) -> None:
    """Pack the responses that can be packed."""

    @app.after_request
    def pack(response: Response) -> Response:
        if response.is_streamed or response.direct_passthrough or response.content_encoding or not is_text(response):
            return response
        response.vary.add("Accept-Encoding")
        body = response.get_data()
        if len(body) < SHORTEST or not request.accept_encodings.quality("gzip"):
            return response
        lasting = response.cache_control.immutable
        response.set_data(_pack_once(body) if lasting else gzip.compress(body, LEVEL, mtime=0))
        response.content_encoding = "gzip"
        tag, _weak = response.get_etag()
        if tag:
            response.set_etag(tag, weak=True)  # the same page in other bytes
        return response


@lru_cache(maxsize=64)
def _pack_once(body: bytes) -> bytes:
    """An asset keeps its content for ever: packed at its tightest, and kept."""
    return gzip.compress(body, 9, mtime=0)
