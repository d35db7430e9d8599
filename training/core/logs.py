"""Structured logs: one JSON line a request and whatever else is worth a line, never a person's data."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from functools import cache

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

REQUESTS = Counter("anning_requests_total", "Requests answered", ["endpoint", "method", "status"])
SECONDS = Histogram("anning_request_seconds", "Time to answer a request", ["endpoint"])
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
TRACE = re.compile(r"[A-Za-z0-9-]{8,64}")
log = structlog.get_logger("anning")


def configure(level: str) -> None:
    """Write JSON lines at and above `level` to standard error."""
    logging.basicConfig(format="%(message)s", level="WARNING")  # what libraries tell of their steps helps nobody
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def _method() -> str:
    """The method, among those there are: what a stranger makes up does not become a counter each."""
    return request.method if request.method in METHODS else "other"


@cache
def _counter(endpoint: str, method: str, status: int) -> Counter:
    return REQUESTS.labels(endpoint, method, status)


@cache
def _timer(endpoint: str) -> Histogram:
    return SECONDS.labels(endpoint)


def init_app(app: Flask) -> None:
    """Give every request an id and a line; count it for `/metrics`."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if TRACE.fullmatch(given) else secrets.token_hex(8)

    @app.after_request
    def finish(response: Response) -> Response:
        spent = time.perf_counter() - g.get("started", time.perf_counter())
        endpoint = request.endpoint or "unknown"
        _counter(endpoint, _method(), response.status_code).inc()
        _timer(endpoint).observe(spent)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        log.info(
            "request",
            id=g.get("request_id"),
            method=request.method,
            endpoint=endpoint,
            status=response.status_code,
            ms=round(spent * 1000, 1),
        )
        return response
