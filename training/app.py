"""Assembly of the ground floor: an application with the database, the shared pages and the features of `training`."""

from __future__ import annotations

from types import ModuleType

from flask import Flask
from huey import Huey
from werkzeug.middleware.proxy_fix import ProxyFix

from training import accounts, activities, messages, places, practice, privacy, programmes, progress, reports
from training.core import (
    access,
    backup_commands,
    clock,
    commands,
    compression,
    cookies,
    db,
    guide,
    headers,
    i18n,
    jobs,
    logs,
    storage_check,
    web,
)
from training.settings import ROOT, Settings

FEATURES: tuple[ModuleType, ...] = (
    places,
    accounts,
    messages,
    activities,
    programmes,
    progress,
    practice,
    privacy,
    reports,
)


def create_app(settings: Settings, packages: tuple[ModuleType, ...] = (), queue: Huey | None = None) -> Flask:
    """Build the application; `packages` are the features above the ground, each with its `init_app`."""
    app = Flask("anning", root_path=str(ROOT), static_folder=None)
    app.config.update(_config(settings))
    app.url_map.converters["int"] = web.BoundedInteger
    app.extensions["anning_settings"] = settings
    app.extensions["anning_packages"] = ("training", *(package.__name__ for package in packages))
    clock.use_zone(settings.time_zone)
    logs.init_app(app)
    cookies.init_app(app)
    db.init_app(app)
    i18n.init_app(app, ("training", *(package.__name__ for package in packages)))
    headers.init_app(app)
    compression.init_app(app)
    jobs.init_app(app, queue or jobs.open_queue(settings.database_url, str(settings.data_dir / "queue.db")))
    web.init_app(app)
    guide.init_app(app)
    access.init_app(app, accounts.load_actor)
    commands.register(app)
    backup_commands.register(app)
    storage_check.register(app)
    for feature in (*FEATURES, *packages):
        feature.init_app(app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies, x_host=1
        )
    return app


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": db.engine_options(settings.database_url),
        "SESSION_COOKIE_NAME": "anning",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "MAX_CONTENT_LENGTH": web.LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": web.LARGEST_BODY,
        "IDLE_SECONDS": settings.idle_minutes * 60,
        "METRICS_DIR": "",
        "SAMPLE_MODE": settings.sample_mode,
        "PUBLIC_URL": settings.public_url,
        "IDENTITY_KEY": settings.identity_key,
        "RETENTION_YEARS": settings.retention_years,
        "SMTP_URL": settings.smtp_url,
        "MAIL_FROM": settings.mail_from,
        "SMS_URL": settings.sms_url,
        "SMS_TOKEN": settings.sms_token,
    }
