"""requirement groups, versions of programmes, waivers, credits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import append_only, drop_append_only

revision = "training_004"
down_revision = "training_003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDING = "standing IN ('done', 'waived', 'not_needed', 'other_way', 'open')"
VERSIONED = ("requirement", "requirement_group")
CLASSES = (("I", "Ⅰ类学分", "Class I credits"), ("II", "Ⅱ类学分", "Class II credits"))


def upgrade() -> None:
    """Go up: what stands so far is the present version of each programme, without groups."""
    _add_tables()
    _add_to_requirement()
    _add_to_enrolment()
    _add_to_step()
    for table in VERSIONED:
        for statement in append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def _add_tables() -> None:
    op.create_table(
        "requirement_group",
        sa.Column("id", BIG, nullable=False),
        sa.Column("programme_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("position", BIG, nullable=False),
        sa.Column("at_least", BIG, nullable=True),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.CheckConstraint("at_least >= 1", name=op.f("ck_requirement_group_at_least_one")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["requirement_group.id"], name=op.f("fk_requirement_group_parent_id_requirement_group")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.activity_id"], name=op.f("fk_requirement_group_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_group")),
        sa.UniqueConstraint(
            "programme_id", "version", "position", name=op.f("uq_requirement_group_programme_id_version_position")
        ),
    )
    op.create_index(op.f("ix_requirement_group_parent_id"), "requirement_group", ["parent_id"], unique=False)
    op.create_table(
        "waiver",
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("activity_id", BIG, nullable=False),
        sa.Column("waives", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_waiver_activity_id_activity")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_waiver_enrolment_id_enrolment")),
        sa.ForeignKeyConstraint(["line_id"], ["ledger_line.id"], name=op.f("fk_waiver_line_id_ledger_line")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_waiver")),
    )
    op.create_index(op.f("ix_waiver_activity_id"), "waiver", ["activity_id"], unique=False)
    op.create_index(op.f("ix_waiver_enrolment_id"), "waiver", ["enrolment_id"], unique=False)
    _add_credits()


def _add_credits() -> None:
    classes = op.create_table(
        "credit_class",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_credit_class")),
    )
    op.bulk_insert(classes, [{"code": c, "name_zh": zh, "name_en": en} for c, zh, en in CLASSES])
    op.create_table(
        "programme_credit",
        sa.Column("id", BIG, nullable=False),
        sa.Column("programme_id", BIG, nullable=False),
        sa.Column("class_code", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Numeric(precision=6, scale=1), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_programme_credit_amount_positive")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_programme_credit_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["class_code"], ["credit_class.code"], name=op.f("fk_programme_credit_class_code_credit_class")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.activity_id"], name=op.f("fk_programme_credit_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_credit")),
        sa.UniqueConstraint(
            "programme_id",
            "class_code",
            "valid_from",
            name=op.f("uq_programme_credit_programme_id_class_code_valid_from"),
        ),
    )
    op.create_index(op.f("ix_programme_credit_class_code"), "programme_credit", ["class_code"], unique=False)


def _add_to_requirement() -> None:
    with op.batch_alter_table("requirement") as batch_op:
        batch_op.add_column(sa.Column("version", BIG, nullable=True))
        batch_op.add_column(sa.Column("group_id", BIG, nullable=True))
    op.execute(
        "UPDATE requirement SET version = (SELECT version FROM activity WHERE activity.id = requirement.programme_id)"
    )
    with op.batch_alter_table("requirement") as batch_op:
        batch_op.alter_column("version", existing_type=BIG, nullable=False)
        batch_op.create_index(batch_op.f("ix_requirement_group_id"), ["group_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_requirement_group_id_requirement_group"), "requirement_group", ["group_id"], ["id"]
        )
        for column in ("activity_id", "position"):
            batch_op.drop_constraint(batch_op.f(f"uq_requirement_programme_id_{column}"), type_="unique")
            batch_op.create_unique_constraint(
                batch_op.f(f"uq_requirement_programme_id_version_{column}"), ["programme_id", "version", column]
            )


def _add_to_enrolment() -> None:
    new = ("programme_version", "hurdles_done", "hurdles_needed")
    with op.batch_alter_table("enrolment") as batch_op:
        for column in new:
            batch_op.add_column(sa.Column(column, BIG, nullable=True))
    op.execute(
        "UPDATE enrolment SET "
        "programme_version = (SELECT version FROM activity WHERE activity.id = enrolment.programme_id), "
        "hurdles_done = (SELECT count(*) FROM enrolment_step "
        "  WHERE enrolment_step.enrolment_id = enrolment.id AND enrolment_step.done_at IS NOT NULL), "
        "hurdles_needed = (SELECT count(*) FROM enrolment_step WHERE enrolment_step.enrolment_id = enrolment.id)"
    )
    with op.batch_alter_table("enrolment") as batch_op:
        for column in new:
            batch_op.alter_column(column, existing_type=BIG, nullable=False)


def _add_to_step() -> None:
    with op.batch_alter_table("enrolment_step") as batch_op:
        batch_op.add_column(sa.Column("standing", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("waiver_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("hours_done", sa.Numeric(precision=6, scale=1), nullable=True))
        batch_op.add_column(sa.Column("hours", sa.Numeric(precision=6, scale=1), nullable=True))
    op.execute("UPDATE enrolment_step SET standing = CASE WHEN done_at IS NULL THEN 'open' ELSE 'done' END")
    with op.batch_alter_table("enrolment_step") as batch_op:
        batch_op.alter_column("standing", existing_type=sa.String(length=40), nullable=False)
        batch_op.create_check_constraint(batch_op.f("ck_enrolment_step_standing"), sa.text(STANDING))
        batch_op.create_index(batch_op.f("ix_enrolment_step_waiver_id"), ["waiver_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_enrolment_step_waiver_id_waiver"), "waiver", ["waiver_id"], ["line_id"]
        )


def downgrade() -> None:
    """Go down: of each programme its present version stays, every hurdle for itself."""
    for table in VERSIONED:
        for statement in drop_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
    with op.batch_alter_table("enrolment_step") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_enrolment_step_waiver_id_waiver"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_enrolment_step_waiver_id"))
        batch_op.drop_constraint(batch_op.f("ck_enrolment_step_standing"), type_="check")
        for column in ("hours", "hours_done", "waiver_id", "standing"):
            batch_op.drop_column(column)
    with op.batch_alter_table("enrolment") as batch_op:
        for column in ("hurdles_needed", "hurdles_done", "programme_version"):
            batch_op.drop_column(column)
    op.execute(
        "DELETE FROM requirement WHERE version <> "
        "(SELECT version FROM activity WHERE activity.id = requirement.programme_id)"
    )
    with op.batch_alter_table("requirement") as batch_op:
        for column in ("activity_id", "position"):
            batch_op.drop_constraint(batch_op.f(f"uq_requirement_programme_id_version_{column}"), type_="unique")
            batch_op.create_unique_constraint(
                batch_op.f(f"uq_requirement_programme_id_{column}"), ["programme_id", column]
            )
        batch_op.drop_constraint(batch_op.f("fk_requirement_group_id_requirement_group"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_requirement_group_id"))
        batch_op.drop_column("group_id")
        batch_op.drop_column("version")
    for table in ("programme_credit", "credit_class", "waiver", "requirement_group"):
        op.drop_table(table)
