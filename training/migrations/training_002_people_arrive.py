"""people arrive: staff and identity numbers, activation, delegated roles, the supervisor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "training_002"
down_revision = "training_001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = "role IN ('trainee', 'instructor', 'coordinator', 'officer', 'administrator')"
AFTER = "role IN ('trainee', 'instructor', 'supervisor', 'coordinator', 'officer', 'administrator')"
CAN_SIGN_IN_BEFORE = "mobile IS NOT NULL OR email IS NOT NULL"
CAN_SIGN_IN_AFTER = (
    "mobile IS NOT NULL OR email IS NOT NULL OR erased_at IS NOT NULL "
    "OR (staff_number IS NOT NULL AND institution_id IS NOT NULL)"
)
SEALED = "(id_number_sealed IS NULL) = (id_number_index IS NULL)"


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("staff_number", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("id_number_sealed", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("id_number_index", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_person_institution_id_staff_number"), ["institution_id", "staff_number"]
        )
        batch_op.create_unique_constraint(batch_op.f("uq_person_id_number_index"), ["id_number_index"])
        batch_op.drop_constraint(batch_op.f("ck_person_can_sign_in"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_person_can_sign_in"), sa.text(CAN_SIGN_IN_AFTER))
        batch_op.create_check_constraint(batch_op.f("ck_person_sealed_with_index"), sa.text(SEALED))
    op.execute("UPDATE person SET activated_at = created_at WHERE password_hash <> ''")
    with op.batch_alter_table("role_grant") as batch_op:
        batch_op.add_column(sa.Column("delegated_from_id", BIG, nullable=True))
        batch_op.create_index(batch_op.f("ix_role_grant_delegated_from_id"), ["delegated_from_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_role_grant_delegated_from_id_role_grant"), "role_grant", ["delegated_from_id"], ["id"]
        )
        batch_op.drop_constraint(batch_op.f("ck_role_grant_role"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_role_grant_role"), sa.text(AFTER))


def downgrade() -> None:
    """Go down; whoever signs in by staff number alone cannot be kept, and stops it."""
    op.execute("DELETE FROM role_grant WHERE role = 'supervisor'")
    with op.batch_alter_table("role_grant") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_role_grant_delegated_from_id_role_grant"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_role_grant_delegated_from_id"))
        batch_op.drop_column("delegated_from_id")
        batch_op.drop_constraint(batch_op.f("ck_role_grant_role"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_role_grant_role"), sa.text(BEFORE))
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_person_sealed_with_index"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_person_can_sign_in"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_person_can_sign_in"), sa.text(CAN_SIGN_IN_BEFORE))
        batch_op.drop_constraint(batch_op.f("uq_person_id_number_index"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_person_institution_id_staff_number"), type_="unique")
        for column in ("erased_at", "activated_at", "id_number_index", "id_number_sealed", "staff_number"):
            batch_op.drop_column(column)
