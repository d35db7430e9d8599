"""The keys of this process: those that the settings name, or those that the house made for itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from flask import Flask, current_app
from flask_babel import gettext as _

from certificates.signing.keys import (
    CodeKey,
    DocumentKey,
    KeyFault,
    development_key,
    load_code_key,
    load_document_key,
    own_code_key,
)
from training.core import i18n
from training.core.errors import DomainError
from training.settings import Settings, SettingsError

_SHELF = "anning_signing_keys"
Key = TypeVar("Key", DocumentKey, CodeKey)


class SigningUnavailable(DomainError):
    """No document can be signed now: the key is not valid on this day."""

    status = 503


def init_app(app: Flask) -> None:
    """Read the keys that the settings name; one that cannot be used stops the start."""
    settings: Settings = app.extensions["anning_settings"]
    app.extensions[_SHELF] = {}
    for name, path, load in (
        ("ANNING_SIGNING_KEY", settings.signing_key, _document_key),
        ("ANNING_CODE_KEY", settings.code_key, _code_key),
    ):
        if path:
            try:
                app.extensions[_SHELF][load] = load(settings)
            except KeyFault as fault:
                raise SettingsError(f"{name}: {fault}") from fault


def document_key() -> DocumentKey:
    """The key that signs documents; without one in the settings, a development key made now if need be."""
    return _kept(_document_key)


def code_key() -> CodeKey:
    """The key that signs codes and lists of standings; without one in the settings, this place's own."""
    return _kept(_code_key)


def require_ready(moment: datetime) -> None:
    """Raise `SigningUnavailable` unless a document could be signed at that moment."""
    key = document_key()
    if not key.is_valid_at(moment):
        raise SigningUnavailable(
            _(
                "No certificate can be signed now: the signing key is valid from %(first)s to %(last)s. Nothing was "
                "issued. Tell the administrator to set ANNING_SIGNING_KEY to a key that is valid.",
                first=i18n.show_date(key.certificate.not_valid_before_utc),
                last=i18n.show_date(key.certificate.not_valid_after_utc),
            )
        )


def time_stamp_url() -> str:
    """The address of the time-stamp authority; empty for none."""
    return str(current_app.extensions["anning_settings"].tsa_url)


def _kept(load: Callable[[Settings], Key]) -> Key:
    shelf: dict[Callable[[Settings], Key], Key] = current_app.extensions[_SHELF]
    if load not in shelf:
        shelf[load] = load(current_app.extensions["anning_settings"])
    return shelf[load]


def document_key_files(settings: Settings) -> tuple[Path, Path | None]:
    """Where the document key lies, and its passphrase, if it has one; without a setting, the development key."""
    if not settings.signing_key:
        return settings.data_dir / "signing" / "development.pem", None
    passphrase = Path(settings.signing_passphrase_file) if settings.signing_passphrase_file else None
    return Path(settings.signing_key), passphrase


def _document_key(settings: Settings) -> DocumentKey:
    path, passphrase = document_key_files(settings)
    return load_document_key(path, passphrase) if settings.signing_key else development_key(path)


def _code_key(settings: Settings) -> CodeKey:
    if not settings.code_key:
        return own_code_key(settings.data_dir / "signing" / "code.pem")
    return load_code_key(Path(settings.code_key))
