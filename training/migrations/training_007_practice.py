"""practice: plans in versions, postings, hours and signatures, skills assessments, the logbook."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import Json, append_only, drop_append_only

revision = "training_007"
down_revision = "training_006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPENDED = ("rotation_version", "checklist_version", "signed_hours", "skills_assessment")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "checklist_version",
        sa.Column("activity_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("pass_percent", BIG, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("author_id", BIG, nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pass_percent BETWEEN 1 AND 100", name=op.f("ck_checklist_version_pass_percent")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_checklist_version_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_checklist_version_author_id_person")),
        sa.PrimaryKeyConstraint("activity_id", "version", name=op.f("pk_checklist_version")),
    )
    op.create_table(
        "rotation_version",
        sa.Column("activity_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("hours_all", BIG, nullable=False),
        sa.Column("hours_ward", BIG, nullable=False),
        sa.Column("hours_outpatient", BIG, nullable=False),
        sa.Column("hours_home", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "hours_ward >= 0 AND hours_outpatient >= 0 AND hours_home >= 0 AND hours_all > 0 AND hours_all >= hours_ward + hours_outpatient + hours_home",
            name=op.f("ck_rotation_version_hours"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_rotation_version_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_rotation_version_author_id_person")),
        sa.PrimaryKeyConstraint("activity_id", "version", name=op.f("pk_rotation_version")),
    )
    op.create_table(
        "logbook_entry",
        sa.Column("id", BIG, nullable=False),
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("cohort_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column(
            "setting",
            sa.Enum("ward", "outpatient", "home", name="setting", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "situation",
            sa.Enum(
                "pain",
                "dyspnoea",
                "delirium",
                "other_symptom",
                "comfort_care",
                "family_meeting",
                "last_days",
                "bereavement",
                "home_visit",
                "team",
                "other",
                name="situation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("did", sa.String(length=2000), nullable=False),
        sa.Column("learnt", sa.String(length=2000), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_logbook_entry_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_logbook_entry_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_logbook_entry_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logbook_entry")),
        sa.UniqueConstraint("client_key", name=op.f("uq_logbook_entry_client_key")),
    )
    with op.batch_alter_table("logbook_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_logbook_entry_cohort_id"), ["cohort_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_logbook_entry_enrolment_id"), ["enrolment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_logbook_entry_person_id"), ["person_id"], unique=False)

    op.create_table(
        "posting",
        sa.Column("id", BIG, nullable=False),
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("cohort_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("rotation_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column(
            "setting",
            sa.Enum("ward", "outpatient", "home", name="setting", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("unit", sa.String(length=80), nullable=False),
        sa.Column("supervisor_id", BIG, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by_id", BIG, nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_posting_ends_after_start")),
        sa.CheckConstraint("person_id <> supervisor_id", name=op.f("ck_posting_not_under_oneself")),
        sa.ForeignKeyConstraint(["assigned_by_id"], ["person.id"], name=op.f("fk_posting_assigned_by_id_person")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_posting_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_posting_enrolment_id_enrolment")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_posting_person_id_person")),
        sa.ForeignKeyConstraint(["rotation_id"], ["activity.id"], name=op.f("fk_posting_rotation_id_activity")),
        sa.ForeignKeyConstraint(["supervisor_id"], ["person.id"], name=op.f("fk_posting_supervisor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint(
            "enrolment_id",
            "rotation_id",
            "setting",
            "starts_on",
            name=op.f("uq_posting_enrolment_id_rotation_id_setting_starts_on"),
        ),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posting_cohort_id"), ["cohort_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_rotation_id"), ["rotation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_supervisor_id"), ["supervisor_id"], unique=False)

    op.create_table(
        "skills_assessment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("checklist_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("cohort_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("marks", Json, nullable=False),
        sa.Column("percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("advice", sa.String(length=1000), nullable=False),
        sa.Column("assessor_id", BIG, nullable=False),
        sa.Column("assessor_name", sa.String(length=80), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.CheckConstraint("assessor_id <> person_id", name=op.f("ck_skills_assessment_not_by_oneself")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_skills_assessment_percent")),
        sa.ForeignKeyConstraint(["assessor_id"], ["person.id"], name=op.f("fk_skills_assessment_assessor_id_person")),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["activity.id"], name=op.f("fk_skills_assessment_checklist_id_activity")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_skills_assessment_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_skills_assessment_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_skills_assessment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills_assessment")),
        sa.UniqueConstraint("client_key", name=op.f("uq_skills_assessment_client_key")),
    )
    with op.batch_alter_table("skills_assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skills_assessment_checklist_id"), ["checklist_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_skills_assessment_cohort_id"), ["cohort_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_skills_assessment_enrolment_id"), ["enrolment_id"], unique=False)
        batch_op.create_index("ix_skills_assessment_person_checklist", ["person_id", "checklist_id"], unique=False)

    op.create_table(
        "hours_line",
        sa.Column("id", BIG, nullable=False),
        sa.Column("posting_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("halves", BIG, nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sent",
                "returned",
                "signed",
                name="linestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_reason", sa.String(length=300), nullable=True),
        sa.Column("returned_by_id", BIG, nullable=True),
        sa.CheckConstraint(
            "(state = 'returned') = (returned_reason IS NOT NULL)", name=op.f("ck_hours_line_returned_with_reason")
        ),
        sa.CheckConstraint("halves BETWEEN 1 AND 24", name=op.f("ck_hours_line_halves")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hours_line_person_id_person")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_hours_line_posting_id_posting")),
        sa.ForeignKeyConstraint(["returned_by_id"], ["person.id"], name=op.f("fk_hours_line_returned_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_line")),
        sa.UniqueConstraint("client_key", name=op.f("uq_hours_line_client_key")),
    )
    with op.batch_alter_table("hours_line", schema=None) as batch_op:
        batch_op.create_index("ix_hours_line_person_day", ["person_id", "worked_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_line_posting_id"), ["posting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_line_state"), ["state"], unique=False)

    op.create_table(
        "logbook_comment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_logbook_comment_author_id_person")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["logbook_entry.id"], name=op.f("fk_logbook_comment_entry_id_logbook_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logbook_comment")),
        sa.UniqueConstraint("client_key", name=op.f("uq_logbook_comment_client_key")),
    )
    with op.batch_alter_table("logbook_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_logbook_comment_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "signed_hours",
        sa.Column("id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=True),
        sa.Column("counters_id", BIG, nullable=True),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("posting_id", BIG, nullable=False),
        sa.Column("rotation_id", BIG, nullable=False),
        sa.Column(
            "setting",
            sa.Enum("ward", "outpatient", "home", name="setting", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("halves", BIG, nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("signer_id", BIG, nullable=False),
        sa.Column("signer_name", sa.String(length=80), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(counters_id IS NULL) = (halves > 0)", name=op.f("ck_signed_hours_counter_takes_back")),
        sa.CheckConstraint(
            "(counters_id IS NULL) = (reason IS NULL)", name=op.f("ck_signed_hours_counter_with_reason")
        ),
        sa.CheckConstraint("(line_id IS NULL) <> (counters_id IS NULL)", name=op.f("ck_signed_hours_line_or_counter")),
        sa.CheckConstraint("signer_id <> person_id", name=op.f("ck_signed_hours_not_by_oneself")),
        sa.ForeignKeyConstraint(
            ["counters_id"], ["signed_hours.id"], name=op.f("fk_signed_hours_counters_id_signed_hours")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["hours_line.id"], name=op.f("fk_signed_hours_line_id_hours_line")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signed_hours_person_id_person")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_signed_hours_posting_id_posting")),
        sa.ForeignKeyConstraint(["rotation_id"], ["activity.id"], name=op.f("fk_signed_hours_rotation_id_activity")),
        sa.ForeignKeyConstraint(["signer_id"], ["person.id"], name=op.f("fk_signed_hours_signer_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_hours")),
        sa.UniqueConstraint("counters_id", name=op.f("uq_signed_hours_counters_id")),
        sa.UniqueConstraint("line_id", name=op.f("uq_signed_hours_line_id")),
    )
    with op.batch_alter_table("signed_hours", schema=None) as batch_op:
        batch_op.create_index("ix_signed_hours_person_rotation", ["person_id", "rotation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signed_hours_posting_id"), ["posting_id"], unique=False)

    for table in APPENDED:
        for statement in append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Go down."""
    for table in APPENDED:
        for statement in drop_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
    with op.batch_alter_table("signed_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signed_hours_posting_id"))
        batch_op.drop_index("ix_signed_hours_person_rotation")

    op.drop_table("signed_hours")
    with op.batch_alter_table("logbook_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_logbook_comment_entry_id"))

    op.drop_table("logbook_comment")
    with op.batch_alter_table("hours_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hours_line_state"))
        batch_op.drop_index(batch_op.f("ix_hours_line_posting_id"))
        batch_op.drop_index("ix_hours_line_person_day")

    op.drop_table("hours_line")
    with op.batch_alter_table("skills_assessment", schema=None) as batch_op:
        batch_op.drop_index("ix_skills_assessment_person_checklist")
        batch_op.drop_index(batch_op.f("ix_skills_assessment_enrolment_id"))
        batch_op.drop_index(batch_op.f("ix_skills_assessment_cohort_id"))
        batch_op.drop_index(batch_op.f("ix_skills_assessment_checklist_id"))

    op.drop_table("skills_assessment")
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posting_supervisor_id"))
        batch_op.drop_index(batch_op.f("ix_posting_rotation_id"))
        batch_op.drop_index(batch_op.f("ix_posting_person_id"))
        batch_op.drop_index(batch_op.f("ix_posting_cohort_id"))

    op.drop_table("posting")
    with op.batch_alter_table("logbook_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_logbook_entry_person_id"))
        batch_op.drop_index(batch_op.f("ix_logbook_entry_enrolment_id"))
        batch_op.drop_index(batch_op.f("ix_logbook_entry_cohort_id"))

    op.drop_table("logbook_entry")
    op.drop_table("rotation_version")
    op.drop_table("checklist_version")
