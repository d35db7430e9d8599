"""the keys that have signed, and which of them signed which document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import append_only, drop_append_only

revision = "certificates_005"
down_revision = "certificates_004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TABLES = ("signature_key", "certificate_signature")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "signature_key",
        sa.Column("id", BIG, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("document", "code", name="keykind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("development", sa.Boolean(), nullable=False),
        sa.Column("first_used_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(fingerprint) = 64", name=op.f("ck_signature_key_fingerprint_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_key")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_signature_key_fingerprint")),
    )
    op.create_table(
        "certificate_signature",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("certificate_id", BIG, nullable=False),
        sa.Column("document_key_id", BIG, nullable=False),
        sa.Column("code_key_id", BIG, nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_certificate_signature_sha256_whole")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_signature_certificate_id_certificate")
        ),
        sa.ForeignKeyConstraint(
            ["document_key_id"],
            ["signature_key.id"],
            name=op.f("fk_certificate_signature_document_key_id_signature_key"),
        ),
        sa.ForeignKeyConstraint(
            ["code_key_id"], ["signature_key.id"], name=op.f("fk_certificate_signature_code_key_id_signature_key")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_certificate_signature")),
    )
    for column in ("certificate_id", "document_key_id", "code_key_id"):
        op.create_index(op.f(f"ix_certificate_signature_{column}"), "certificate_signature", [column])
    for table in TABLES:
        for statement in append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Go back."""
    for table in reversed(TABLES):
        for statement in drop_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
        op.drop_table(table)
