"""The two ways out: e-mail by SMTP, and text messages by an HTTPS gateway whose contract is in `docs/outbox.md`."""

from __future__ import annotations

import hashlib
import json
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from flask import current_app

from training.core import clock

TIMEOUT = 10
"""Seconds for each step of a conversation with the other side."""
LATER = frozenset({408, 425, 429})


class NotDelivered(Exception):
    """A try that failed; `final` when another one cannot succeed. `kind` quotes nobody's data."""

    def __init__(self, kind: str, detail: str = "", *, final: bool = False) -> None:
        """Take what happened, in a word and in the other side's words."""
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind
        self.final = final


def deliver(channel: str, address: str, subject: str, text: str, key: str) -> None:
    """Send one letter or text message now; raises `NotDelivered`."""
    if channel == "sms":
        _send_sms(address, text, key)
    else:
        _send_mail(address, subject, text, key)


def _send_mail(address: str, subject: str, text: str, key: str) -> None:
    url = urlsplit(current_app.config["SMTP_URL"])
    if not url.hostname:
        raise NotDelivered("e-mail is not set up")
    try:
        letter = _letter(address, subject, text, key)
    except (ValueError, IndexError) as error:
        raise NotDelivered("unusable letter", type(error).__name__, final=True) from error
    try:
        with _post_office(url) as server:
            server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise NotDelivered("refused", f"{code} {words.decode(errors='replace')}", final=code >= 500) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotDelivered("not supported by the mail server", str(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(type(error).__name__, str(error)) from error


def _letter(address: str, subject: str, text: str, key: str) -> EmailMessage:
    sender = current_app.config["MAIL_FROM"]
    name, _at, domain = address.rpartition("@")
    letter = EmailMessage()
    letter["From"] = sender
    letter["To"] = Address(username=name, domain=domain)
    letter["Subject"] = subject
    letter["Date"] = format_datetime(clock.local(clock.now()))
    letter["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{_domain(sender)}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    return letter


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip("> ") or "localhost"


def _post_office(url: SplitResult) -> smtplib.SMTP:
    """A conversation with the mail server, encrypted unless the setting says `tls=none`, and signed in."""
    host = url.hostname or ""
    secure = ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=secure)
    else:
        server = smtplib.SMTP(host, url.port or 587, timeout=TIMEOUT)
    try:
        if url.scheme == "smtp" and parse_qs(url.query).get("tls") != ["none"]:
            server.starttls(context=secure)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server


class _NoRedirect(HTTPRedirectHandler):
    """The token goes to the address that was set, and nowhere else."""

    def redirect_request(self, *_args: Any) -> None:
        """Follow nothing: urllib raises the redirecting answer as an error."""


def _send_sms(number: str, text: str, key: str) -> None:
    url, token = current_app.config["SMS_URL"], current_app.config["SMS_TOKEN"]
    if not url:
        raise NotDelivered("text messages are not set up")
    body = json.dumps({"to": number, "text": text, "key": key}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {token}"}
    request = Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - settings.py allows http(s) alone
    opener = build_opener(_NoRedirect, HTTPSHandler(context=ssl.create_default_context()))
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            answer.read(1000)
    except HTTPError as error:
        with error:
            final = 400 <= error.code < 500 and error.code not in LATER and error.code not in {401, 403, 404}
            raise NotDelivered(f"HTTP {error.code}", final=final) from error
    except (URLError, HTTPException, OSError) as error:
        raise NotDelivered(type(error).__name__, str(error)) from error
