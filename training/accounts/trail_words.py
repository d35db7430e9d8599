"""A line of the audit trail in words: what it is about, and its details under names that people know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from training.accounts.models import Person
from training.core import audit
from training.core.access import Role
from training.core.audit import AuditLine
from training.core.db import db

People = Mapping[int, str]
ROLES = {role.value for role in Role}


def people_named(lines: Iterable[AuditLine]) -> People:
    """The names of all whom the lines are about, by id; one query, or none."""
    ids = {one for line in lines for one in _people_in(line)}
    if not ids:
        return {}
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}


def _people_in(line: AuditLine) -> Collection[int]:
    found = {value for name, value in line.details.items() if name == "person_id" and isinstance(value, int)}
    if line.object_type == "person" and line.object_id.isdigit():
        found.add(int(line.object_id))
    return found


def subject(line: AuditLine, people: People) -> str:
    """What the line is about: somebody else by name, anything else by what it is and its number."""
    if line.object_type == "person" and line.object_id == str(line.actor_id):
        return ""
    if line.object_type == "person" and line.object_id.isdigit() and int(line.object_id) in people:
        return people[int(line.object_id)]
    return f"{_name(line.object_type)} {line.object_id}".strip()


def details(line: AuditLine, people: People) -> list[tuple[str, str]]:
    """Its details as pairs (name, value): whom it is about first, then by name; PostgreSQL keeps no order."""
    ordered = sorted(line.details.items(), key=lambda one: (one[0] != "person_id", one[0]))
    return [(_name(name), _value(name, value, people)) for name, value in ordered]


def _name(key: str) -> str:
    return str(audit.names().get(key, key))


def _value(name: str, value: Any, people: People) -> str:
    if name == "person_id" and value in people:
        return people[value]
    if name == "role" and value in ROLES:
        return Role(value).label
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, Mapping):
        return _(", ").join(f"{_name(one)} {_value(one, inner, people)}" for one, inner in value.items())
    if isinstance(value, list):
        return _(", ").join(_name(one) if isinstance(one, str) else _value("", one, people) for one in value) or "–"
    return _name(value) if isinstance(value, str) else str(value)
