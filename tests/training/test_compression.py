"""What leaves packed, for whom, and what leaves as it is."""

from __future__ import annotations

import gzip
import io
import re
from typing import Any

import pytest
from flask import Flask, Response, request, send_file
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import media_files, world
from tests.client import client_for
from training.core import compression
from training.core.assets import FOLDER

TEXT = "安宁疗护，" * 400
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def client() -> FlaskClient:
    """Of an application that answers in every way that there is."""
    bare = Flask("bare")
    compression.init_app(bare)

    @bare.get("/text/<path:mimetype>")
    def text(mimetype: str) -> Response:
        return Response(TEXT, mimetype=mimetype)

    @bare.get("/short")
    def short() -> str:
        return "x" * (compression.SHORTEST - 1)

    @bare.get("/pieces")
    def pieces() -> Response:
        return Response((TEXT for _one in range(3)), mimetype="text/csv")

    @bare.get("/packed")
    def packed() -> Response:
        return Response(gzip.compress(TEXT.encode()), headers={"Content-Encoding": "gzip"}, mimetype="text/css")

    @bare.get("/tagged")
    def tagged() -> Response:
        response = Response(TEXT, mimetype="text/html")
        response.set_etag("v1")
        response.make_conditional(request)
        return response

    @bare.get("/file")
    def file() -> Response:
        return send_file(io.BytesIO(TEXT.encode()), mimetype="text/vtt", etag="v1", conditional=True)

    return bare.test_client()


def unpacked(response: TestResponse) -> str:
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Length"] == str(len(response.data))
    assert "Accept-Encoding" in response.headers["Vary"]
    return gzip.decompress(response.data).decode()


def as_it_is(response: TestResponse) -> bytes:
    assert "Content-Encoding" not in response.headers
    return bytes(response.data)


@pytest.mark.parametrize(
    "mimetype",
    ["text/html", "text/css", "text/javascript", "text/csv", "text/plain", "application/json", "image/svg+xml"],
)
def test_texts_are_packed(client: FlaskClient, mimetype: str) -> None:
    packed = client.get(f"/text/{mimetype}", headers=GZIP)
    assert unpacked(packed) == TEXT
    assert len(packed.data) < 200
    assert as_it_is(client.get(f"/text/{mimetype}")).decode() == TEXT


@pytest.mark.parametrize(
    "mimetype",
    ["application/pdf", "application/zip", "image/png", "font/woff2", f"{media_files.OFFICE}spreadsheetml.sheet"],
)
def test_what_is_packed_already_is_not_packed_again(client: FlaskClient, mimetype: str) -> None:
    response = client.get(f"/text/{mimetype}", headers=GZIP)
    assert as_it_is(response).decode() == TEXT
    assert "Vary" not in response.headers


def test_a_body_that_says_how_it_is_packed_is_left_alone(client: FlaskClient) -> None:
    assert gzip.decompress(client.get("/packed", headers=GZIP).data).decode() == TEXT


@pytest.mark.parametrize(
    ("accepted", "packs"),
    [
        ("gzip", True),
        ("*", True),
        ("br;q=1, gzip;q=0.2", True),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("br, zstd", False),
        ("identity", False),
        ("", False),
    ],
)
def test_only_who_accepts_gzip_gets_it_and_caches_are_told(client: FlaskClient, accepted: str, packs: bool) -> None:
    response = client.get("/text/text/html", headers={"Accept-Encoding": accepted})
    assert response.headers["Vary"] == "Accept-Encoding"
    assert (response.headers.get("Content-Encoding") == "gzip") is packs


def test_what_fits_into_one_packet_is_left_as_it_is(client: FlaskClient) -> None:
    response = client.get("/short", headers=GZIP)
    assert as_it_is(response) == b"x" * (compression.SHORTEST - 1)
    assert response.headers["Vary"] == "Accept-Encoding"  # another time the same address may be longer


def test_what_comes_in_pieces_goes_out_in_pieces(client: FlaskClient) -> None:
    response = client.get("/pieces", headers=GZIP)
    assert "Content-Length" not in response.headers
    assert as_it_is(response).decode() == TEXT * 3


def test_head_says_what_get_would_send(client: FlaskClient) -> None:
    got, head = client.get("/text/text/html", headers=GZIP), client.head("/text/text/html", headers=GZIP)
    assert head.data == b""
    for name in ("Content-Encoding", "Content-Length", "Vary", "Content-Type"):
        assert head.headers[name] == got.headers[name]


def test_a_packed_page_has_a_weak_tag_and_is_found_unchanged_by_it(client: FlaskClient) -> None:
    plain, packed = client.get("/tagged"), client.get("/tagged", headers=GZIP)
    assert plain.headers["ETag"] == '"v1"'
    assert packed.headers["ETag"] == 'W/"v1"'
    again = client.get("/tagged", headers={**GZIP, "If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304
    assert as_it_is(again) == b""


def test_stored_files_keep_their_ranges(client: FlaskClient) -> None:
    whole = client.get("/file", headers=GZIP)
    assert as_it_is(whole).decode() == TEXT
    assert whole.headers["ETag"] == '"v1"'
    part = client.get("/file", headers={**GZIP, "Range": "bytes=3-8", "If-Range": '"v1"'})
    assert part.status_code == 206
    assert part.headers["Content-Range"] == f"bytes 3-8/{len(TEXT.encode())}"
    assert as_it_is(part).decode() == "宁疗"


@pytest.mark.one_database
def test_pages_and_refusals_are_packed(app: Flask) -> None:
    client = plain_client(app)
    sign_in = client.get("/sign-in", headers=GZIP)
    assert 'name="csrf_token"' in unpacked(sign_in)
    assert "Cookie" in sign_in.headers["Vary"]
    assert sign_in.headers["Cache-Control"] == "no-store"
    lost = client.get("/there-is-none", headers=GZIP)
    assert lost.status_code == 404
    assert "<h1" in unpacked(lost)


@pytest.mark.one_database
def test_an_asset_is_packed_once_for_everybody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = plain_client(app)
    address = re.search(r"/assets/\w+/anning\.css", client.get("/sign-in").text)
    assert address
    first = client.get(address[0], headers=GZIP)
    assert unpacked(first) == (FOLDER / "anning.css").read_text(encoding="utf-8")
    assert "immutable" in first.headers["Cache-Control"]
    monkeypatch.setattr(gzip, "compress", None)  # nothing is left to be done
    assert client.get(address[0], headers=GZIP).data == first.data


@pytest.mark.world
@pytest.mark.one_database
def test_a_report_is_packed_as_csv_and_not_as_a_workbook(app: Flask) -> None:
    officer = client_for(app, world.people(app)["officer"])
    officer.examines = False
    address = "/reports/completion/export?by=city"
    csv, xlsx = (officer.post(address, data={"format": kind}, headers=GZIP) for kind in ("csv", "xlsx"))
    assert csv.status_code == xlsx.status_code == 200
    assert unpacked(csv).startswith("\ufeff")
    assert as_it_is(xlsx).startswith(b"PK")


def plain_client(app: Flask) -> Any:
    """A client that looks at bytes, not at pages."""
    client = client_for(app)
    client.examines = False
    return client
