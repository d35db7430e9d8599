"""dialogues, their versions, and the conversations held in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import Json, append_only, drop_append_only

revision = "courses_003"
down_revision = "courses_002"
branch_labels = None
depends_on = None

KEPT = ("dialogue_version", "dialogue_step")


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "dialogue",
        sa.Column("activity_id", _number(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_dialogue_activity_id_activity")),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_dialogue")),
    )
    op.create_table(
        "dialogue_version",
        sa.Column("dialogue_id", _number(), nullable=False),
        sa.Column("version", _number(), autoincrement=False, nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("minutes", _number(), nullable=False),
        sa.Column("pass_percent", _number(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("author_id", _number(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 600", name=op.f("ck_dialogue_version_minutes")),
        sa.CheckConstraint("pass_percent BETWEEN 1 AND 100", name=op.f("ck_dialogue_version_pass_percent")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_dialogue_version_version_from_one")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_dialogue_version_author_id_person")),
        sa.ForeignKeyConstraint(
            ["dialogue_id"], ["dialogue.activity_id"], name=op.f("fk_dialogue_version_dialogue_id_dialogue")
        ),
        sa.PrimaryKeyConstraint("dialogue_id", "version", name=op.f("pk_dialogue_version")),
    )
    with op.batch_alter_table("dialogue_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dialogue_version_author_id"), ["author_id"], unique=False)

    op.create_table(
        "dialogue_attempt",
        sa.Column("id", _number(), nullable=False),
        sa.Column("dialogue_id", _number(), nullable=False),
        sa.Column("version", _number(), nullable=False),
        sa.Column("person_id", _number(), nullable=False),
        sa.Column("number", _number(), nullable=False),
        sa.Column("seed", _number(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (passed IS NULL)", name=op.f("ck_dialogue_attempt_graded_when_finished")
        ),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (score_percent IS NULL)", name=op.f("ck_dialogue_attempt_scored_when_finished")
        ),
        sa.CheckConstraint("score_percent BETWEEN 0 AND 100", name=op.f("ck_dialogue_attempt_score_percent")),
        sa.ForeignKeyConstraint(
            ["dialogue_id", "version"],
            ["dialogue_version.dialogue_id", "dialogue_version.version"],
            name=op.f("fk_dialogue_attempt_dialogue_id_dialogue_version"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_dialogue_attempt_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialogue_attempt")),
        sa.UniqueConstraint(
            "person_id", "dialogue_id", "number", name=op.f("uq_dialogue_attempt_person_id_dialogue_id_number")
        ),
    )
    with op.batch_alter_table("dialogue_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_dialogue_attempt_version", ["dialogue_id", "version"], unique=False)
        batch_op.create_index(
            "uq_dialogue_attempt_open",
            ["person_id", "dialogue_id"],
            unique=True,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )

    op.create_table(
        "dialogue_step",
        sa.Column("attempt_id", _number(), nullable=False),
        sa.Column("number", _number(), autoincrement=False, nullable=False),
        sa.Column("turn", sa.String(length=40), nullable=False),
        sa.Column("reply", _number(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_dialogue_step_number_from_one")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["dialogue_attempt.id"], name=op.f("fk_dialogue_step_attempt_id_dialogue_attempt")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "number", name=op.f("pk_dialogue_step")),
    )
    for table in KEPT:
        for statement in append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Go back."""
    for table in KEPT:
        for statement in drop_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
    op.drop_table("dialogue_step")
    with op.batch_alter_table("dialogue_attempt", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_dialogue_attempt_open",
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )
        batch_op.drop_index("ix_dialogue_attempt_version")

    op.drop_table("dialogue_attempt")
    with op.batch_alter_table("dialogue_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dialogue_version_author_id"))

    op.drop_table("dialogue_version")
    op.drop_table("dialogue")
