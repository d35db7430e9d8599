"""Requests that another site sends are refused; a browser's own word that it is this site's page is enough."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.client import client_for

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
