"""issuing: designs and numbers by place, and a second person who releases a batch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import append_only, drop_append_only

revision = "certificates_007"
down_revision = "certificates_006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WRITTEN = ("id", "scope_id", "version", "page", "sheet", "frame", "written_by_id", "written_at")
DECIDED = ("approved_by_id", "approved_at")


def _id(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable)


def _kind(column: str, name: str, *values: str) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, kind, nullable=False)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _one_in_state(table: str, column: str, state: str) -> None:
    condition = sa.text(f"state = '{state}'")
    op.create_index(
        f"uq_{table}_{state}", table, [column], unique=True, sqlite_where=condition, postgresql_where=condition
    )


def _guard(name: str, table: str, event: str, forbidden: str, says: str) -> list[str]:
    """DDL of a trigger that refuses `event` on rows for which `forbidden` holds."""
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {forbidden} BEGIN SELECT RAISE(ABORT, '{says}'); END"
        ]
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{says}'; END $$",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN ({forbidden}) EXECUTE FUNCTION {name}()",
    ]


def _unguard(name: str, table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
    else:
        op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        op.execute(f"DROP FUNCTION IF EXISTS {name}()")


def _changed(*columns: str) -> str:
    differs = "IS NOT" if op.get_bind().dialect.name == "sqlite" else "IS DISTINCT FROM"
    return "(" + " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns) + ")"


def _add_designs() -> None:
    op.create_table(
        "certificate_design",
        _id("id"),
        _id("scope_id"),
        _id("version"),
        _kind("state", "designstate", "draft", "approved", "retired"),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("frame", sa.Text(), nullable=False),
        _id("written_by_id"),
        sa.Column("written_at", MOMENT, nullable=False),
        _id("approved_by_id", nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'draft') = (approved_at IS NULL)", name=op.f("ck_certificate_design_approved_with_moment")
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)", name=op.f("ck_certificate_design_approved_by_somebody")
        ),
        sa.CheckConstraint("approved_by_id <> written_by_id", name=op.f("ck_certificate_design_approved_by_another")),
        sa.CheckConstraint(
            "(state = 'retired') = (retired_at IS NOT NULL)", name=op.f("ck_certificate_design_retired_with_moment")
        ),
        _to("certificate_design", "scope_id", "scope"),
        _to("certificate_design", "written_by_id", "person"),
        _to("certificate_design", "approved_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_design")),
        sa.UniqueConstraint("scope_id", "version", name=op.f("uq_certificate_design_scope_id_version")),
    )
    for state in ("draft", "approved"):
        _one_in_state("certificate_design", "scope_id", state)
    kept = (
        f"OLD.state = 'retired' OR (OLD.state = 'approved' AND ({_changed(*WRITTEN, *DECIDED)} OR NEW.state = 'draft'))"
    )
    for statement in (
        *_guard("certificate_design_frozen", "certificate_design", "UPDATE", kept, "certificate_design is frozen"),
        *_guard("certificate_design_kept", "certificate_design", "DELETE", "true", "certificate_design is append-only"),
    ):
        op.execute(statement)


def _add_printed_with() -> None:
    op.create_table(
        "certificate_printed_with",
        _id("certificate_id"),
        _id("design_id"),
        _to("certificate_printed_with", "certificate_id", "certificate"),
        _to("certificate_printed_with", "design_id", "certificate_design"),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_printed_with")),
    )
    op.create_index(op.f("ix_certificate_printed_with_design_id"), "certificate_printed_with", ["design_id"])
    for statement in append_only("certificate_printed_with", op.get_bind().dialect.name):
        op.execute(statement)


STATUSES = ("running", "paused", "stopped", "finished")
NEEDS = ("nobody", "colleague", "officer")
ENDED = "(status IN ('stopped', 'finished')) = (ended_at IS NOT NULL)"
ENDED_NOW = "(status IN ('returned', 'stopped', 'finished')) = (ended_at IS NOT NULL)"
OF_RELEASES = {
    "returned_for_a_reason": "(status = 'returned') = (returned_reason IS NOT NULL)",
    "decided_with_moment": "(decided_by_id IS NULL) = (decided_at IS NULL)",
    "decided_by_another": "decided_by_id <> confirmed_by_id",
    "released_by_somebody": "needs = 'nobody' OR status IN ('awaiting', 'stopped') OR decided_by_id IS NOT NULL",
}


def _among(column: str, values: tuple[str, ...]) -> sa.TextClause:
    return sa.text(f"{column} IN ({', '.join(repr(one) for one in values)})")


def _add_releases() -> None:
    op.create_table(
        "certificate_release_rule",
        _id("id"),
        _id("scope_id"),
        _kind("needs", "needs", *NEEDS),
        _id("set_by_id"),
        sa.Column("set_at", MOMENT, nullable=False),
        _to("certificate_release_rule", "scope_id", "scope"),
        _to("certificate_release_rule", "set_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_release_rule")),
        sa.UniqueConstraint("scope_id", name=op.f("uq_certificate_release_rule_scope_id")),
    )
    with op.batch_alter_table("certificate_batch", schema=None) as batch:
        batch.add_column(sa.Column("needs", sa.String(length=40), server_default="nobody", nullable=False))
        batch.add_column(_id("decided_by_id", nullable=True))
        batch.add_column(sa.Column("decided_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("returned_reason", sa.String(length=500), nullable=True))
        key = op.f("fk_certificate_batch_decided_by_id_person")
        batch.create_foreign_key(key, "person", ["decided_by_id"], ["id"])
        batch.create_check_constraint(op.f("ck_certificate_batch_needs"), _among("needs", NEEDS))
        batch.drop_constraint(op.f("ck_certificate_batch_batchstatus"), type_="check")
        allowed = _among("status", ("awaiting", "returned", *STATUSES))
        batch.create_check_constraint(op.f("ck_certificate_batch_batchstatus"), allowed)
        batch.drop_constraint(op.f("ck_certificate_batch_ended_with_moment"), type_="check")
        batch.create_check_constraint(op.f("ck_certificate_batch_ended_with_moment"), sa.text(ENDED_NOW))
        for name, rule in OF_RELEASES.items():
            batch.create_check_constraint(op.f(f"ck_certificate_batch_{name}"), sa.text(rule))


def _drop_releases() -> None:
    """What waits or was sent back becomes stopped: nothing of it was issued."""
    stopped = "status = 'stopped', ended_at = COALESCE(ended_at, confirmed_at), returned_reason = NULL"
    op.execute(f"UPDATE certificate_batch SET {stopped} WHERE status IN ('awaiting', 'returned')")
    with op.batch_alter_table("certificate_batch", schema=None) as batch:
        for name in (*OF_RELEASES, "needs", "batchstatus", "ended_with_moment"):
            batch.drop_constraint(op.f(f"ck_certificate_batch_{name}"), type_="check")
        batch.create_check_constraint(op.f("ck_certificate_batch_batchstatus"), _among("status", STATUSES))
        batch.create_check_constraint(op.f("ck_certificate_batch_ended_with_moment"), sa.text(ENDED))
        batch.drop_constraint(op.f("fk_certificate_batch_decided_by_id_person"), type_="foreignkey")
        for column in ("returned_reason", "decided_at", "decided_by_id", "needs"):
            batch.drop_column(column)
    op.drop_table("certificate_release_rule")


def _add_numbers() -> None:
    op.create_table(
        "certificate_number_scheme",
        _id("id"),
        _id("scope_id"),
        sa.Column("pattern", sa.String(length=60), nullable=False),
        _id("begun_by_id"),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        _to("certificate_number_scheme", "scope_id", "scope"),
        _to("certificate_number_scheme", "begun_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_number_scheme")),
        sa.UniqueConstraint("pattern", name=op.f("uq_certificate_number_scheme_pattern")),
    )
    in_use = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_certificate_number_scheme_in_use",
        "certificate_number_scheme",
        ["scope_id"],
        unique=True,
        sqlite_where=in_use,
        postgresql_where=in_use,
    )
    op.create_index(op.f("ix_certificate_number_scheme_scope_id"), "certificate_number_scheme", ["scope_id"])
    op.create_table(
        "certificate_number_counter",
        _id("scheme_id"),
        _id("year"),
        _id("last"),
        _to("certificate_number_counter", "scheme_id", "certificate_number_scheme"),
        sa.PrimaryKeyConstraint("scheme_id", "year", name=op.f("pk_certificate_number_counter")),
    )
    _add_drawn()


def _add_drawn() -> None:
    table = "certificate_drawn_number"
    op.create_table(
        table,
        *(_id(name) for name in ("id", "scheme_id", "year", "serial")),
        sa.Column("number", sa.String(length=80), nullable=False),
        _id("certificate_id", nullable=True),
        _id("drawn_by_id"),
        sa.Column("drawn_at", MOMENT, nullable=False),
        sa.Column("void_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(certificate_id IS NULL) = (void_reason IS NOT NULL)", name=op.f(f"ck_{table}_used_or_void")
        ),
        _to(table, "scheme_id", "certificate_number_scheme"),
        _to(table, "certificate_id", "certificate"),
        _to(table, "drawn_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("scheme_id", "year", "serial", name=op.f(f"uq_{table}_scheme_id_year_serial")),
        sa.UniqueConstraint("number", name=op.f(f"uq_{table}_number")),
        sa.UniqueConstraint("certificate_id", name=op.f(f"uq_{table}_certificate_id")),
    )
    for statement in append_only(table, op.get_bind().dialect.name):
        op.execute(statement)


def _drop_numbers() -> None:
    for statement in drop_append_only("certificate_drawn_number", op.get_bind().dialect.name):
        op.execute(statement)
    for table in ("certificate_drawn_number", "certificate_number_counter", "certificate_number_scheme"):
        op.drop_table(table)


def upgrade() -> None:
    """Go up."""
    _add_designs()
    _add_printed_with()
    _add_releases()
    _add_numbers()


def downgrade() -> None:
    """Go back."""
    _drop_numbers()
    _drop_releases()
    for statement in drop_append_only("certificate_printed_with", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("certificate_printed_with")
    for name in ("certificate_design_frozen", "certificate_design_kept"):
        _unguard(name, "certificate_design")
    op.drop_table("certificate_design")
