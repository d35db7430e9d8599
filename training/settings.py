"""Every setting of Anning, typed, with its default; read once from the environment at the start.

`docs/settings.md` lists the same names; a test compares the two.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
OWN_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


class SettingsError(Exception):
    """A setting that cannot be used; the text says which, what was found and what to write instead."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one process. `metadata["env"]` is the environment variable that sets the field."""

    data_dir: Path = field(default=ROOT / "instance", metadata={"env": "ANNING_DATA_DIR"})
    database_url: str = field(default="", metadata={"env": "DATABASE_URL"})
    secret_key: str = field(default="", metadata={"env": "ANNING_SECRET_KEY"}, repr=False)
    identity_key: str = field(default="", metadata={"env": "ANNING_IDENTITY_KEY"}, repr=False)
    public_url: str = field(default="", metadata={"env": "ANNING_PUBLIC_URL"})
    host: str = field(default="127.0.0.1", metadata={"env": "HOST"})
    port: int = field(default=8000, metadata={"env": "PORT"})
    processes: int = field(default=2, metadata={"env": "ANNING_PROCESSES"})
    threads: int = field(default=4, metadata={"env": "ANNING_THREADS"})
    time_zone: str = field(default="Asia/Shanghai", metadata={"env": "ANNING_TIME_ZONE"})
    secure_cookies: bool = field(default=False, metadata={"env": "ANNING_SECURE_COOKIES"})
    trusted_proxies: int = field(default=0, metadata={"env": "ANNING_TRUSTED_PROXIES"})
    idle_minutes: int = field(default=30, metadata={"env": "ANNING_IDLE_MINUTES"})
    sample_mode: bool = field(default=False, metadata={"env": "ANNING_SAMPLE_MODE"})
    smtp_url: str = field(default="", metadata={"env": "ANNING_SMTP_URL"}, repr=False)
    mail_from: str = field(default="", metadata={"env": "ANNING_MAIL_FROM"})
    sms_url: str = field(default="", metadata={"env": "ANNING_SMS_URL"})
    sms_token: str = field(default="", metadata={"env": "ANNING_SMS_TOKEN"}, repr=False)
    signing_key: str = field(default="", metadata={"env": "ANNING_SIGNING_KEY"})
    signing_passphrase_file: str = field(default="", metadata={"env": "ANNING_SIGNING_PASSPHRASE_FILE"})
    code_key: str = field(default="", metadata={"env": "ANNING_CODE_KEY"})
    tsa_url: str = field(default="", metadata={"env": "ANNING_TSA_URL"})
    log_level: str = field(default="INFO", metadata={"env": "ANNING_LOG_LEVEL"})
    retention_years: int = field(default=0, metadata={"env": "ANNING_RETENTION_YEARS"})
    fonts_dir: Path = field(default=ROOT / "node_modules", metadata={"env": "ANNING_FONTS_DIR"})

    def public_url_on(self, port: int) -> str:
        """The address by which people reach the site when it listens on `port` instead of the port that was set."""
        return f"http://localhost:{port}" if self.public_url == f"http://localhost:{self.port}" else self.public_url

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read, check and complete the settings; raises `SettingsError` with a sentence."""
        environ = os.environ if environ is None else environ
        values: dict[str, object] = {}
        for spec in fields(cls):
            text = environ.get(spec.metadata["env"], "").strip()
            if text:
                values[spec.name] = _parse(spec.metadata["env"], text, type(spec.default))
        return cls(**values)._completed()  # type: ignore[arg-type]

    def _completed(self) -> Settings:
        _require_in_range("PORT", self.port, 1, 65535)
        _require_in_range("ANNING_PROCESSES", self.processes, 1, 64)
        _require_in_range("ANNING_THREADS", self.threads, 1, 256)
        _require_in_range("ANNING_RETENTION_YEARS", self.retention_years, 0, 50)
        _require_in_range("ANNING_TRUSTED_PROXIES", self.trusted_proxies, 0, 10)
        _require_in_range("ANNING_IDLE_MINUTES", self.idle_minutes, 1, 1440)
        if self.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise SettingsError(f"ANNING_LOG_LEVEL is {self.log_level!r}; write DEBUG, INFO, WARNING or ERROR.")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise SettingsError(
                f"ANNING_TIME_ZONE is {self.time_zone!r}; write a zone name such as Asia/Shanghai."
            ) from error
        _require_post_office(self.smtp_url, self.mail_from)
        _require_gateway(self.sms_url, self.sms_token)
        _require_authority(self.tsa_url)
        data_dir = _writable(self.data_dir)
        return Settings(
            **{
                **{spec.name: getattr(self, spec.name) for spec in fields(self)},
                "data_dir": data_dir,
                "database_url": _database_url(self.database_url, data_dir),
                "secret_key": _key("ANNING_SECRET_KEY", self.secret_key, data_dir / "secret_key"),
                "identity_key": _key("ANNING_IDENTITY_KEY", self.identity_key, data_dir / "identity_key"),
                "public_url": _public_url(self.public_url or f"http://localhost:{self.port}"),
            }
        )


def _parse(name: str, text: str, kind: type) -> object:
    if kind is bool:
        if text.lower() in {"1", "true", "yes", "on"}:
            return True
        if text.lower() in {"0", "false", "no", "off"}:
            return False
        raise SettingsError(f"{name} is {text!r}; write 1 or 0.")
    if kind is int:
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise SettingsError(f"{name} is {text!r}; write a whole number.")
        return int(text)
    return Path(text).expanduser().resolve() if issubclass(kind, Path) else text


def _require_in_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise SettingsError(f"{name} is {value}; write a whole number from {low} to {high}.")


def _require_post_office(url: str, sender: str) -> None:
    """E-mail is sent when both are there; a password never travels in the clear to another machine."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query not in {"", "tls=starttls", "tls=none"}:
        raise SettingsError(
            "ANNING_SMTP_URL cannot be read; write smtp://user:password@host:587?tls=starttls or smtps://host:465."
        )
    if parts.scheme == "smtp" and parts.query == "tls=none" and parts.password and parts.hostname not in OWN_MACHINE:
        raise SettingsError("ANNING_SMTP_URL would send its password unencrypted; leave out tls=none.")
    if not re.fullmatch(r"[^@\r\n]+@[^@\s]+", sender):
        raise SettingsError(f"ANNING_MAIL_FROM is {sender!r}; write the address that e-mail comes from.")


def _require_gateway(url: str, token: str) -> None:
    """Text messages are sent when both are there; the token never travels in the clear to another machine."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        sound = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in OWN_MACHINE)
    except ValueError:
        sound = False
    if not sound or not parts.hostname or not url.isascii() or not url.isprintable() or " " in url:
        raise SettingsError(f"ANNING_SMS_URL is {url!r}; write an address that begins with https://.")
    if not token or not token.isascii() or not token.isprintable():
        raise SettingsError("ANNING_SMS_TOKEN is missing or cannot be sent; write the gateway's token.")


def _require_authority(url: str) -> None:
    """A time-stamp authority is asked over HTTP; what it is told is a hash, and its answer is signed."""
    if url and not (url.startswith(("http://", "https://")) and url.isascii() and url.isprintable() and " " not in url):
        raise SettingsError(f"ANNING_TSA_URL is {url!r}; write an address that begins with http:// or https://.")


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"ANNING_DATA_DIR is {str(folder)!r}, which cannot be created ({error.strerror})."
        ) from error
    return folder


def _database_url(text: str, data_dir: Path) -> str:
    if not text:
        return f"sqlite:///{data_dir / 'anning.db'}"
    for short in ("postgres://", "postgresql://"):
        if text.startswith(short):
            text = "postgresql+psycopg://" + text.removeprefix(short)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise SettingsError(
            "DATABASE_URL cannot be read; write sqlite:////path/file.db or postgresql://user:password@host/name."
        ) from error
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise SettingsError(f"DATABASE_URL names {url.drivername!r}; Anning runs on sqlite and postgresql.")
    return text


def _key(name: str, text: str, path: Path) -> str:
    """The key that was set, or else the one kept in a file of the data folder, made at the first start."""
    if text:
        if len(text) < 32:
            raise SettingsError(f"{name} is shorter than 32 characters; write a longer random text.")
        return text
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text().strip()
    except OSError as error:
        raise SettingsError(f"The key {path} cannot be kept or read ({error.strerror}).") from error
    if len(key) < 32:
        raise SettingsError(f"The key in {path} is shorter than 32 characters; put the right one back, or set {name}.")
    return key


def _make_key(path: Path) -> None:
    """Put a key there whole, or leave the one that another process has put there meanwhile."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name) as part:  # for its owner alone
        part.write(secrets.token_hex(32))
        part.flush()
        os.fsync(part.fileno())
        with suppress(FileExistsError):
            os.link(part.name, path)


def _public_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or not text.isprintable() or " " in text:
        raise SettingsError(f"ANNING_PUBLIC_URL is {text!r}; write an address such as https://anning.example.org.")
    return text.rstrip("/")
