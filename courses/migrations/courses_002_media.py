"""media of courses, what comes before what, and words for searching."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import append_only, drop_append_only

revision = "courses_002"
down_revision = "courses_001"
branch_labels = None
depends_on = "training_010"

KEPT = ("lesson_media", "prerequisite")
INDEXED = {
    "course_media": ("added_by_id", "captions_en_id", "captions_zh_id", "file_id"),
    "lesson_media": ("media_id",),
    "media_place": ("media_id",),
    "prerequisite": ("activity_id", "requires_id"),
}


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, _number(), nullable=False, autoincrement=False)


def _refers(table: str, column: str, target: str, target_column: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.{target_column}"], name=op.f(f"fk_{table}_{column}_{target}"))


def _of_a_version(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["lesson_id", "lesson_version"],
        ["lesson_version.lesson_id", "lesson_version.version"],
        name=op.f(f"fk_{table}_lesson_id_lesson_version"),
    )


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "course_media",
        sa.Column("id", _number(), nullable=False),
        sa.Column("course_id", _number(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_id", _number(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("alt_zh", sa.String(length=300), nullable=False),
        sa.Column("alt_en", sa.String(length=300), nullable=False),
        sa.Column("caption_zh", sa.String(length=300), nullable=False),
        sa.Column("caption_en", sa.String(length=300), nullable=False),
        sa.Column("captions_zh_id", _number(), nullable=True),
        sa.Column("captions_en_id", _number(), nullable=True),
        sa.Column("transcript_zh", sa.Text(), nullable=False),
        sa.Column("transcript_en", sa.Text(), nullable=False),
        sa.Column("added_by_id", _number(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('figure', 'audio', 'video', 'attachment')", name=op.f("ck_course_media_kind")),
        _refers("course_media", "added_by_id", "person"),
        _refers("course_media", "captions_en_id", "stored_file"),
        _refers("course_media", "captions_zh_id", "stored_file"),
        _refers("course_media", "course_id", "course", "activity_id"),
        _refers("course_media", "file_id", "stored_file"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_media")),
    )
    op.create_index(
        "uq_course_media_name",
        "course_media",
        ["course_id", "name"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "lesson_media",
        sa.Column("lesson_id", _number(), nullable=False),
        _key("lesson_version"),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("media_id", _number(), nullable=False),
        _of_a_version("lesson_media"),
        _refers("lesson_media", "media_id", "course_media"),
        sa.PrimaryKeyConstraint("lesson_id", "lesson_version", "name", name=op.f("pk_lesson_media")),
    )
    op.create_table(
        "media_place",
        sa.Column("person_id", _number(), nullable=False),
        sa.Column("media_id", _number(), nullable=False),
        sa.Column("seconds", _number(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_media_place_seconds_not_negative")),
        _refers("media_place", "media_id", "course_media"),
        _refers("media_place", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", "media_id", name=op.f("pk_media_place")),
    )
    op.create_table(
        "prerequisite",
        sa.Column("course_id", _number(), nullable=False),
        _key("course_version"),
        sa.Column("activity_id", _number(), nullable=False),
        sa.Column("requires_id", _number(), nullable=False),
        sa.CheckConstraint("activity_id <> requires_id", name=op.f("ck_prerequisite_not_itself")),
        _refers("prerequisite", "activity_id", "activity"),
        _refers("prerequisite", "course_id", "course", "activity_id"),
        _refers("prerequisite", "requires_id", "activity"),
        sa.PrimaryKeyConstraint(
            "course_id", "course_version", "activity_id", "requires_id", name=op.f("pk_prerequisite")
        ),
    )
    op.create_table(
        "lesson_words",
        sa.Column("lesson_id", _number(), nullable=False),
        _key("lesson_version"),
        sa.Column("words", sa.Text(), nullable=False),
        _of_a_version("lesson_words"),
        sa.PrimaryKeyConstraint("lesson_id", "lesson_version", name=op.f("pk_lesson_words")),
    )
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    for table in KEPT:
        for statement in append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Go down."""
    for table in KEPT:
        for statement in drop_append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
    for table in ("lesson_words", "prerequisite", "media_place", "lesson_media", "course_media"):
        op.drop_table(table)
