"""sections and draws of quizzes, and how many safety-critical errors fail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "question_bank_013"
down_revision = "question_bank_012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "quiz_section",
        sa.Column("quiz_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("policy", sa.String(length=20), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_quiz_section_number")),
        sa.ForeignKeyConstraint(
            ["quiz_id", "version"],
            ["quiz_version.quiz_id", "quiz_version.version"],
            name=op.f("fk_quiz_section_quiz_id_quiz_version"),
        ),
        sa.PrimaryKeyConstraint("quiz_id", "version", "number", name=op.f("pk_quiz_section")),
    )
    op.create_table(
        "quiz_draw",
        sa.Column("quiz_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("section", BIG, nullable=False),
        sa.Column("count", BIG, nullable=False),
        sa.Column("points", BIG, nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("module", sa.String(length=40), nullable=False),
        sa.Column("competency", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("difficulty_min", BIG, nullable=True),
        sa.Column("difficulty_max", BIG, nullable=True),
        sa.Column("category_id", BIG, nullable=True),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.CheckConstraint("count BETWEEN 1 AND 100", name=op.f("ck_quiz_draw_count")),
        sa.CheckConstraint("difficulty_max BETWEEN 1 AND 5", name=op.f("ck_quiz_draw_difficulty_max")),
        sa.CheckConstraint("difficulty_min BETWEEN 1 AND 5", name=op.f("ck_quiz_draw_difficulty_min")),
        sa.CheckConstraint("points BETWEEN 1 AND 100", name=op.f("ck_quiz_draw_points")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["item_category.id"], name=op.f("fk_quiz_draw_category_id_item_category")
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id", "version", "section"],
            ["quiz_section.quiz_id", "quiz_section.version", "quiz_section.number"],
            name=op.f("fk_quiz_draw_quiz_id_quiz_section"),
        ),
        sa.PrimaryKeyConstraint("quiz_id", "version", "number", name=op.f("pk_quiz_draw")),
    )
    op.create_index(op.f("ix_quiz_draw_category_id"), "quiz_draw", ["category_id"])
    for table in ("attempt_item", "quiz_item"):
        op.add_column(table, sa.Column("section", BIG, server_default="1", nullable=False))
    op.add_column("quiz", sa.Column("cannot_draw", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("quiz_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("critical_limit", BIG, nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_quiz_version_critical_limit"), sa.text("critical_limit BETWEEN 1 AND 20")
        )


def downgrade() -> None:
    """Go back; attempts keep their items and results."""
    with op.batch_alter_table("quiz_version", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_quiz_version_critical_limit"), type_="check")
        batch_op.drop_column("critical_limit")
    for table, column in (("quiz", "cannot_draw"), ("quiz_item", "section"), ("attempt_item", "section")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
    op.drop_index(op.f("ix_quiz_draw_category_id"), "quiz_draw")
    op.drop_table("quiz_draw")
    op.drop_table("quiz_section")
