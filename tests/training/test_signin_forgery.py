"""Requests that another site sends are refused; a browser's own word that it is this site's page is enough."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.client import client_for
from training.core import forgery

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
SAID_BY_OTHERS: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
)


@pytest.mark.one_database
@pytest.mark.parametrize("headers", SAID_BY_OTHERS)
def test_without_a_token_other_sites_are_refused(app: Flask, headers: dict[str, str]) -> None:
    client = client_for(app)
    assert client.post("/language", data={"lang": "en"}, csrf=False, headers=headers).status_code == 400


@pytest.mark.one_database
def test_the_page_of_this_site_needs_no_token_where_the_browser_says_so(app: Flask) -> None:
    client = client_for(app)
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert client.post("/language", data={"lang": "en"}, csrf=False, headers=headers).status_code == 302
    data = {"login": "13812345678", "password": "wrong", "next": ""}
    assert client.post("/sign-in", data=data, csrf=False, headers=headers).status_code == 422


@pytest.mark.one_database
def test_the_token_looks_different_in_each_page_and_the_same_in_all_its_forms(app: Flask) -> None:
    client = client_for(app)
    first, second = (set(TOKEN.findall(client.get(page).text)) for page in ("/sign-in", "/verify/"))
    assert len(first) == len(second) == 1
    assert first != second
    with client.session_transaction() as session:
        kept = session["csrf_token"]
    assert {forgery.masked(kept) for _one in range(50)}.isdisjoint(first | second)
    for token in (*first, *second, *first):  # an old page is still good
        assert client.post("/language", data={"lang": "en", "csrf_token": token}).status_code == 302


@pytest.mark.one_database
@pytest.mark.parametrize(
    "sent",
    ["", "=", "A", "é", "AAAA", "A" * 56, "!" * 56],
    ids=["none", "padding", "a part", "another letter", "short", "another", "no letters"],
)
def test_another_token_is_refused_with_and_without_one_in_the_session(app: Flask, sent: str) -> None:
    client = client_for(app)
    for _visit in range(2):
        assert client.post("/language", data={"lang": "en", "csrf_token": sent}).status_code == 400
        headers = {"X-CSRFToken": sent} if sent.isascii() else {}
        assert client.post("/language", data={"lang": "en"}, csrf=False, headers=headers).status_code == 400
        client.get("/sign-in")
    true = TOKEN.findall(client.get("/sign-in").text)[0]
    for near in (true[:-4], "AAAA" + true, true.swapcase()):
        assert client.post("/language", data={"lang": "en", "csrf_token": near}).status_code == 400
