"""the life of a certificate: suspended, superseded, its history, and requests to renew it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import append_only, drop_append_only

revision = "certificates_006"
down_revision = "certificates_005"
branch_labels = None
depends_on = "training_010"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
KEPT = ("id", "number", "enrolment_id", "person_id", "programme_id", "base_id", "scope_id", "issued_at", "issued_by_id")
REVOKED = ("revoked_at", "revoked_by_id", "revoked_reason")
REPLACES = ("replaces_id", "replaced_as")
LEGAL = (
    "((OLD.status = 'valid' AND NEW.status IN ('suspended', 'revoked', 'superseded')) "
    "OR (OLD.status = 'suspended' AND NEW.status IN ('valid', 'revoked', 'superseded')))"
)
ONE_WAY = "(OLD.status = 'valid' AND NEW.status = 'revoked')"
ERASED = "EXISTS (SELECT 1 FROM person WHERE person.id = OLD.person_id AND person.erased_at IS NOT NULL)"
KINDS = ("suspended", "reinstated", "revoked", "superseded")
STATES = ("waiting", "granted", "refused", "taken_back")


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{one}'" for one in values)


def _changed(columns: tuple[str, ...], dialect: str) -> str:
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)


def _guard(dialect: str, legal: str, more: tuple[str, ...] = ()) -> list[str]:
    """The guard of updates: a legal change of the status alone, or the fields of a holder who was erased."""
    illegal = f"NOT {legal} OR {_changed((*KEPT, 'valid_until', 'fields', *more), dialect)}"
    unerased = f"({_changed((*KEPT, 'valid_until', 'status', *REVOKED, *more), dialect)}) OR NOT {ERASED}"
    forbidden = f"({illegal}) AND ({unerased})"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER certificate_frozen BEFORE UPDATE ON certificate WHEN {forbidden} "
            "BEGIN SELECT RAISE(ABORT, 'certificate is frozen'); END"
        ]
    return [
        "CREATE OR REPLACE FUNCTION certificate_guard() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {forbidden} THEN RAISE EXCEPTION 'certificate is frozen'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER certificate_frozen BEFORE UPDATE ON certificate "
        "FOR EACH ROW EXECUTE FUNCTION certificate_guard()",
    ]


def _unguard(dialect: str) -> None:
    on_table = "" if dialect == "sqlite" else " ON certificate"
    op.execute(f"DROP TRIGGER certificate_frozen{on_table}")


def _one_in_force(statuses: str) -> None:
    """The unique index: at most one certificate that an enrolment has."""
    where = sa.text(statuses)
    op.create_index(
        "uq_certificate_one_in_force",
        "certificate",
        ["enrolment_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def _allow(table: str, constraint: str, condition: str) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(batch_op.f(constraint), type_="check")
        batch_op.create_check_constraint(batch_op.f(constraint), sa.text(condition))


def upgrade() -> None:
    """Go up; whoever was revoked before has that as the first line of its history."""
    dialect = op.get_bind().dialect.name
    _unguard(dialect)
    op.drop_index("uq_certificate_one_in_force", "certificate")
    _allow(
        "certificate", "ck_certificate_certificatestatus", "status IN ('valid', 'suspended', 'revoked', 'superseded')"
    )
    with op.batch_alter_table("certificate") as batch_op:
        batch_op.add_column(sa.Column("replaces_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("replaced_as", sa.String(length=40), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_certificate_replaces_id"), ["replaces_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_certificate_replaces_id_certificate"), "certificate", ["replaces_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_certificate_replaces_as_something"),
            sa.text("(replaces_id IS NULL) = (replaced_as IS NULL)"),
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_certificate_replacement"),
            sa.text("replaced_as IN ('correction', 'duplicate', 'renewal')"),
        )
    _one_in_force("status IN ('valid', 'suspended')")
    for statement in _guard(dialect, LEGAL, REPLACES):
        op.execute(statement)
    _allow(
        "certificate_question",
        "ck_certificate_question_questionstate",
        "state IN ('open', 'kept', 'suspended', 'revoked', 'regained')",
    )
    _allow(
        "certificate_question",
        "ck_certificate_question_decided_by_somebody",
        "(state IN ('kept', 'suspended', 'revoked')) = (decided_by_id IS NOT NULL)",
    )
    _create_events(dialect)
    _create_renewals()


def _create_events(dialect: str) -> None:
    op.create_table(
        "certificate_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("certificate_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", BIG, nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.CheckConstraint(f"kind IN ({_listed(KINDS)})", name=op.f("ck_certificate_event_eventkind")),
        sa.CheckConstraint("authority <> ''", name=op.f("ck_certificate_event_authority_not_empty")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_certificate_event_reason_not_empty")),
        sa.CheckConstraint(
            "until IS NULL OR kind = 'suspended'", name=op.f("ck_certificate_event_until_of_a_suspension")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_event_certificate_id_certificate")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_certificate_event_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_event")),
        sa.UniqueConstraint("key", name=op.f("uq_certificate_event_key")),
    )
    op.create_index(op.f("ix_certificate_event_certificate_id"), "certificate_event", ["certificate_id"])
    op.execute(
        "INSERT INTO certificate_event (certificate_id, kind, at, by_id, authority, reason) "
        "SELECT certificate.id, 'revoked', revoked_at, revoked_by_id, training_base.name_zh, revoked_reason "
        "FROM certificate JOIN training_base ON training_base.id = certificate.base_id WHERE status = 'revoked' "
        "ORDER BY certificate.revoked_at"
    )
    for statement in append_only("certificate_event", dialect):
        op.execute(statement)


def _create_renewals() -> None:
    op.create_table(
        "certificate_renewal",
        sa.Column("id", BIG, nullable=False),
        sa.Column("certificate_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("hours", sa.Numeric(precision=7, scale=1), nullable=False),
        sa.Column("statement", sa.String(length=2000), nullable=False),
        sa.Column("file_id", BIG, nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(f"state IN ({_listed(STATES)})", name=op.f("ck_certificate_renewal_renewalstate")),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_certificate_renewal_decided_with_moment")
        ),
        sa.CheckConstraint(
            "(state IN ('granted', 'refused')) = (decided_by_id IS NOT NULL)",
            name=op.f("ck_certificate_renewal_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (reason IS NOT NULL)", name=op.f("ck_certificate_renewal_refused_for_a_reason")
        ),
        sa.CheckConstraint(
            "(file_id IS NULL) = (file_name IS NULL)", name=op.f("ck_certificate_renewal_file_with_name")
        ),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_certificate_renewal_hours_not_negative")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_certificate_renewal_{column}_{table}"))
            for column, table in (
                ("certificate_id", "certificate"),
                ("person_id", "person"),
                ("file_id", "stored_file"),
                ("decided_by_id", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_renewal")),
    )
    _index_renewals()


def _index_renewals() -> None:
    for column in ("certificate_id", "person_id"):
        op.create_index(op.f(f"ix_certificate_renewal_{column}"), "certificate_renewal", [column])
    is_waiting = sa.text("state = 'waiting'")
    op.create_index(
        "uq_certificate_renewal_waiting",
        "certificate_renewal",
        ["certificate_id"],
        unique=True,
        sqlite_where=is_waiting,
        postgresql_where=is_waiting,
    )


def downgrade() -> None:
    """Go back: a superseded certificate is a revoked one again, as it was before; a suspended one stops this."""
    dialect = op.get_bind().dialect.name
    op.drop_table("certificate_renewal")
    _unguard(dialect)
    op.execute(
        "UPDATE certificate SET status = 'revoked', "
        + ", ".join(
            f"{column} = (SELECT {source} FROM certificate_event "
            "WHERE certificate_id = certificate.id AND kind = 'superseded')"
            for column, source in (("revoked_at", "at"), ("revoked_by_id", "by_id"), ("revoked_reason", "reason"))
        )
        + " WHERE status = 'superseded'"
    )
    for statement in drop_append_only("certificate_event", dialect):
        op.execute(statement)
    op.drop_table("certificate_event")
    op.execute("UPDATE certificate_question SET state = 'kept', reason = '-' WHERE state = 'suspended'")
    _allow(
        "certificate_question",
        "ck_certificate_question_decided_by_somebody",
        "(state IN ('kept', 'revoked')) = (decided_by_id IS NOT NULL)",
    )
    _allow(
        "certificate_question",
        "ck_certificate_question_questionstate",
        "state IN ('open', 'kept', 'revoked', 'regained')",
    )
    op.drop_index("uq_certificate_one_in_force", "certificate")
    with op.batch_alter_table("certificate") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_certificate_replacement"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_certificate_replaces_as_something"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_certificate_replaces_id_certificate"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_certificate_replaces_id"), type_="unique")
        batch_op.drop_column("replaced_as")
        batch_op.drop_column("replaces_id")
    _allow("certificate", "ck_certificate_certificatestatus", "status IN ('valid', 'revoked')")
    _one_in_force("status = 'valid'")
    for statement in _guard(dialect, ONE_WAY):
        op.execute(statement)
