"""exam sessions: who is admitted, what happens in an attempt; papers drawn before, attempts made void."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import Json, append_only, drop_append_only

revision = "question_bank_012"
down_revision = "question_bank_011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
EVENTS = ("left", "returned", "elsewhere", "extended", "paused", "resumed", "reopened", "voided")


def upgrade() -> None:
    """Go up."""
    _make_sessions()
    _make_candidates_and_events()
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("session_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("paused_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("device", sa.String(length=16), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_attempt_session_id_exam_session"), "exam_session", ["session_id"], ["id"]
        )
    op.create_index("ix_attempt_session", "attempt", ["session_id", "person_id"])
    _allow("ready", "open", "marking", "handed_in", "void", closed="(status IN ('ready', 'open'))")
    op.add_column("attempt_item", sa.Column("flagged", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("quiz_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("items_per_page", BIG, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("supervised", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_check_constraint(
            batch_op.f("ck_quiz_version_items_per_page"), sa.text("items_per_page BETWEEN 0 AND 100")
        )
    for statement in append_only("attempt_event", op.get_bind().dialect.name):
        op.execute(statement)


def _make_sessions() -> None:
    op.create_table(
        "exam_session",
        sa.Column("id", BIG, nullable=False),
        sa.Column("quiz_id", BIG, nullable=False),
        sa.Column("scope_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("opens_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("late_minutes", BIG, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("honour", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("release_at", MOMENT, nullable=True),
        sa.Column("explained", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("created_by_id", BIG, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_exam_session_closes_after_opening")),
        sa.CheckConstraint("late_minutes BETWEEN 0 AND 1440", name=op.f("ck_exam_session_late_minutes")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_exam_session_created_by_id_person")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.activity_id"], name=op.f("fk_exam_session_quiz_id_quiz")),
        sa.ForeignKeyConstraint(["scope_id"], ["scope.id"], name=op.f("fk_exam_session_scope_id_scope")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_session")),
    )
    op.create_index(op.f("ix_exam_session_quiz_id"), "exam_session", ["quiz_id"])
    op.create_index("ix_exam_session_scope", "exam_session", ["scope_id", "opens_at"])


def _make_candidates_and_events() -> None:
    op.create_table(
        "exam_candidate",
        sa.Column("session_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("extra_minutes", BIG, server_default="0", nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.CheckConstraint("extra_minutes BETWEEN 0 AND 600", name=op.f("ck_exam_candidate_extra_minutes")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_exam_candidate_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["exam_session.id"], name=op.f("fk_exam_candidate_session_id_exam_session")
        ),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_exam_candidate")),
    )
    op.create_index(op.f("ix_exam_candidate_person_id"), "exam_candidate", ["person_id"])
    op.create_table(
        "attempt_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("attempt_id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*EVENTS, name="eventkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("detail", Json, nullable=False),
        sa.Column("actor_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_attempt_event_actor_id_person")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_event_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_event")),
    )
    op.create_index("ix_attempt_event_attempt", "attempt_event", ["attempt_id", "id"])


def _allow(*statuses: str, closed: str) -> None:
    """Let an attempt have those statuses; one that is not `closed` has been handed in."""
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        for name in ("attemptstatus", "handed_in_when_closed"):
            batch_op.drop_constraint(batch_op.f(f"ck_attempt_{name}"), type_="check")
        allowed = ", ".join(f"'{one}'" for one in statuses)
        batch_op.create_check_constraint(batch_op.f("ck_attempt_attemptstatus"), sa.text(f"status IN ({allowed})"))
        batch_op.create_check_constraint(
            batch_op.f("ck_attempt_handed_in_when_closed"), sa.text(f"{closed} = (handed_in_at IS NULL)")
        )


def downgrade() -> None:
    """Go back: papers that nobody has seen are dropped; void attempts become failed ones that earned nothing."""
    for statement in drop_append_only("attempt_event", op.get_bind().dialect.name):
        op.execute(statement)
    drawn = "SELECT id FROM attempt WHERE status = 'ready'"
    op.execute(f"DELETE FROM attempt_item WHERE attempt_id IN ({drawn})")
    op.execute("DELETE FROM attempt WHERE status = 'ready'")
    op.execute("UPDATE attempt SET status = 'handed_in', passed = false, score_percent = 0 WHERE status = 'void'")
    _allow("open", "marking", "handed_in", closed="(status = 'open')")
    with op.batch_alter_table("quiz_version", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_quiz_version_items_per_page"), type_="check")
        batch_op.drop_column("supervised")
        batch_op.drop_column("items_per_page")
    op.drop_column("attempt_item", "flagged")
    op.drop_index("ix_attempt_session", "attempt")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_attempt_session_id_exam_session"), type_="foreignkey")
        for name in ("device", "paused_at", "session_id"):
            batch_op.drop_column(name)
    for table in ("attempt_event", "exam_candidate", "exam_session"):
        op.drop_table(table)
