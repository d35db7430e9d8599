"""messages: the outbox, everyone's inbox, extended deadlines, and the switch of reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import append_only, drop_append_only

revision = "training_006"
down_revision = "training_005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "outgoing",
        sa.Column("id", BIG, nullable=False),
        sa.Column(
            "channel",
            sa.Enum("email", "sms", name="channel", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("tries", BIG, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("failed_reason", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
        sa.UniqueConstraint("key", name=op.f("uq_outgoing_key")),
    )
    op.create_index(op.f("ix_outgoing_address"), "outgoing", ["address"], unique=False)
    op.create_index("ix_outgoing_waiting", "outgoing", ["sent_at", "failed_at", "due_at"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("sender_id", BIG, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["sender_id"], ["person.id"], name=op.f("fk_message_sender_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    op.create_index(op.f("ix_message_sender_id"), "message", ["sender_id"], unique=False)
    op.create_table(
        "inbox_entry",
        sa.Column("id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_inbox_entry_message_id_message")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inbox_entry_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_entry")),
        sa.UniqueConstraint("message_id", "person_id", name=op.f("uq_inbox_entry_message_id_person_id")),
    )
    op.create_index("ix_inbox_entry_person_id_read_at", "inbox_entry", ["person_id", "read_at"], unique=False)
    op.create_table(
        "mail_off",
        sa.Column("person_id", BIG, autoincrement=False, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_off_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_off")),
    )
    op.create_table(
        "extension",
        sa.Column("id", BIG, nullable=False),
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_extension_by_id_person")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_extension_enrolment_id_enrolment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index(op.f("ix_extension_enrolment_id"), "extension", ["enrolment_id"], unique=False)
    for statement in append_only("extension", op.get_bind().dialect.name):
        op.execute(statement)
    op.add_column("enrolment", sa.Column("extended_until", sa.Date(), nullable=True))
    op.add_column("cohort", sa.Column("reminders_off_at", MOMENT, nullable=True))
    op.add_column("cohort", sa.Column("reminded_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Go down."""
    for table, column in (
        ("cohort", "reminded_on"),
        ("cohort", "reminders_off_at"),
        ("enrolment", "extended_until"),
    ):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
    for statement in drop_append_only("extension", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_index(op.f("ix_extension_enrolment_id"), table_name="extension")
    op.drop_table("extension")
    op.drop_table("mail_off")
    op.drop_index("ix_inbox_entry_person_id_read_at", table_name="inbox_entry")
    op.drop_table("inbox_entry")
    op.drop_index(op.f("ix_message_sender_id"), table_name="message")
    op.drop_table("message")
    op.drop_index("ix_outgoing_waiting", table_name="outgoing")
    op.drop_index(op.f("ix_outgoing_address"), table_name="outgoing")
    op.drop_table("outgoing")
