"""Items and their versions, quizzes and theirs, attempts with the answers given in them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class ItemState(StrEnum):
    """How far the newest version of an item has come; the version that quizzes use is `Item.approved_version`."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"


class Item(Base):
    """An item (题目) of the bank: its identity, and what lists and search need of its newest version.

    Quizzes use `approved_version`, which stays in use while a newer one is written and reviewed.
    """

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("scope_id", "code"),
        CheckConstraint("approved_version <= version", name="approved_version_exists"),
        CheckConstraint(
            "(state = 'approved') = (approved_version IS NOT NULL AND approved_version = version)", name="state_fits"
        ),
        CheckConstraint("difficulty BETWEEN 1 AND 5", name="difficulty"),
        Index("ix_item_list", "code", "id", "scope_id"),
        Index("ix_item_filter", "scope_id", "type", "state", "retired_at", "code", "id"),
        Index("ix_item_review_by", "scope_id", "review_by"),
        Index("ix_item_digest", "digest", "scope_id"),
    )

    id: Mapped[Id]
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey("scope.id"))
    code: Mapped[str] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    stem_zh: Mapped[str] = mapped_column(String(2000))
    stem_en: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    state: Mapped[ItemState] = mapped_column(enum_of(ItemState), server_default=ItemState.DRAFT.value, index=True)
    approved_version: Mapped[int | None]
    superseded_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("item.id"))
    category_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("item_category.id"), index=True)
    module: Mapped[str | None] = mapped_column(String(40))
    competency: Mapped[str | None] = mapped_column(String(40))
    level: Mapped[str | None] = mapped_column(String(20))
    difficulty: Mapped[int | None]
    review_by: Mapped[date | None]
    digest: Mapped[str | None] = mapped_column(String(64))


class ItemTerms(Base):
    """The search terms of an item's newest version (`terms.py`), those of code, stem and tags apart from the rest.

    Triggers carry them into `item_search`: an FTS5 table on SQLite, `tsvector`s on PostgreSQL.
    """

    __tablename__ = "item_terms"

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"), primary_key=True, autoincrement=False)
    lead: Mapped[str] = mapped_column(Text)
    rest: Mapped[str] = mapped_column(Text)


class SavedSearch(Base):
    """A filter of the bank that somebody gave a name."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(1000))


class ItemCategory(Base):
    """A place in the tree of categories (分类) of one bank."""

    __tablename__ = "item_category"
    __table_args__ = (
        UniqueConstraint("scope_id", "parent_id", "name"),
        Index(
            "uq_item_category_top",
            "scope_id",
            "name",
            unique=True,
            sqlite_where=text("parent_id IS NULL"),
            postgresql_where=text("parent_id IS NULL"),
        ),
    )

    id: Mapped[Id]
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey("scope.id"))
    parent_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("item_category.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))


class ItemTag(Base):
    """A tag (标签) on an item."""

    __tablename__ = "item_tag"

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class NoteKind(StrEnum):
    """What a note in the history of an item says."""

    COMMENT = "comment"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    RETIRED = "retired"
    RESTORED = "restored"


class ItemNote(Base):
    """A comment on a version of an item, or a step of its review, with what was said."""

    __tablename__ = "item_note"
    __table_args__ = (ForeignKeyConstraint(["item_id", "version"], ["item_version.item_id", "item_version.version"]),)

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BigId, index=True)
    version: Mapped[int]
    kind: Mapped[NoteKind] = mapped_column(enum_of(NoteKind))
    text: Mapped[str] = mapped_column(String(1000))
    person_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    created_at: Mapped[datetime]


class ItemVersion(Base):
    """What an item said in one version, for ever; `body` is described in `item_types`."""

    __tablename__ = "item_version"
    __table_args__ = (UniqueConstraint("item_id", "version"),)

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    version: Mapped[int]
    body: Mapped[dict[str, Any]]
    author_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]


class Quiz(Base):
    """A quiz (测验): an activity; what it consists of stands in its versions.

    `cannot_draw` says that people could not start it when its sweep last looked: too few items fit its draws. `ruled`
    says that there are rulings (`regrading/`) by which its attempts are marked.
    """

    __tablename__ = "quiz"

    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), primary_key=True)
    cannot_draw: Mapped[bool] = mapped_column(default=False, server_default=false())
    ruled: Mapped[bool] = mapped_column(default=False, server_default=false())


class QuizVersion(Base):
    """The rules of one version of a quiz; `attempts_allowed` counts the first one and the resits.

    With 0 `items_per_page` all stand on one page. A `supervised` one is sat in exam sessions alone (`exams/`).
    From `critical_limit` safety-critical errors on an attempt fails whatever its points; None asks for points alone.
    So many `markers` mark each written answer; of two the mean counts, unless they differ by more than `tolerance`
    percent of the rubric's points, or about a safety-critical error: then a third person decides.
    """

    __tablename__ = "quiz_version"
    __table_args__ = (
        CheckConstraint("time_limit_minutes BETWEEN 1 AND 600", name="time_limit"),
        CheckConstraint("pass_percent BETWEEN 1 AND 100", name="pass_percent"),
        CheckConstraint("attempts_allowed BETWEEN 1 AND 10", name="attempts_allowed"),
        CheckConstraint("resit_wait_hours BETWEEN 0 AND 8760", name="resit_wait"),
        CheckConstraint("items_per_page BETWEEN 0 AND 100", name="items_per_page"),
        CheckConstraint("critical_limit BETWEEN 1 AND 20", name="critical_limit"),
        CheckConstraint("markers BETWEEN 1 AND 2", name="markers"),
        CheckConstraint("tolerance BETWEEN 0 AND 100", name="tolerance"),
    )

    quiz_id: Mapped[int] = mapped_column(BigId, ForeignKey("quiz.activity_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time_limit_minutes: Mapped[int]
    pass_percent: Mapped[int]
    attempts_allowed: Mapped[int]
    resit_wait_hours: Mapped[int]
    shuffle_items: Mapped[bool]
    shuffle_options: Mapped[bool]
    items_per_page: Mapped[int] = mapped_column(default=0, server_default="0")
    supervised: Mapped[bool] = mapped_column(default=False, server_default=false())
    critical_limit: Mapped[int | None]
    markers: Mapped[int] = mapped_column(default=1, server_default="1")
    tolerance: Mapped[int] = mapped_column(default=10, server_default="10")
    author_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    created_at: Mapped[datetime]


class QuizItem(Base):
    """An item at its place in one version of a quiz; an attempt takes the item's version of the moment it starts."""

    __tablename__ = "quiz_item"
    __table_args__ = (
        ForeignKeyConstraint(["quiz_id", "version"], ["quiz_version.quiz_id", "quiz_version.version"]),
        UniqueConstraint("quiz_id", "version", "item_id"),
        CheckConstraint("points BETWEEN 1 AND 100", name="points"),
    )

    quiz_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"), index=True)
    points: Mapped[int]
    section: Mapped[int] = mapped_column(default=1, server_default="1")


class AttemptStatus(StrEnum):
    """How far an attempt has come.

    `READY`: its paper is drawn, and nobody has begun. `MARKING`: handed in, and a written answer waits for a person, or
    the result for its release. `VOID`: it counts for nothing, and nothing of it is deleted.
    """

    READY = "ready"
    OPEN = "open"
    MARKING = "marking"
    HANDED_IN = "handed_in"
    VOID = "void"


class HandedInBy(StrEnum):
    """What ended an attempt."""

    PERSON = "person"
    DEADLINE = "deadline"


class Attempt(Base):
    """One person's sitting of a quiz; `number` 1 is the first, later ones are resits (补考).

    `seed` fixed the order of items and options when its paper was drawn; `counted` says that the figures of items know
    it. One that belongs to an exam session may be paused: since `paused_at` its time does not run. `device` names the
    signed-in browser that it is sat at now.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        ForeignKeyConstraint(["quiz_id", "quiz_version"], ["quiz_version.quiz_id", "quiz_version.version"]),
        UniqueConstraint("person_id", "quiz_id", "number"),
        CheckConstraint("(status IN ('ready', 'open')) = (handed_in_at IS NULL)", name="handed_in_when_closed"),
        CheckConstraint("(status = 'handed_in') = (passed IS NOT NULL)", name="graded_when_closed"),
        CheckConstraint("score_percent BETWEEN 0 AND 100", name="score_percent"),
        Index(
            "uq_attempt_open",
            "person_id",
            "quiz_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "ix_attempt_due",
            "deadline",
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "ix_attempt_marking",
            "handed_in_at",
            sqlite_where=text("status = 'marking'"),
            postgresql_where=text("status = 'marking'"),
        ),
        Index("ix_attempt_quiz", "quiz_id", "quiz_version"),
        Index("ix_attempt_session", "session_id", "person_id"),
        Index(
            "ix_attempt_uncounted",
            "id",
            sqlite_where=text("status = 'handed_in' AND NOT counted"),
            postgresql_where=text("status = 'handed_in' AND NOT counted"),
        ),
    )

    id: Mapped[Id]
    quiz_id: Mapped[int] = mapped_column(BigId)
    quiz_version: Mapped[int]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    number: Mapped[int]
    seed: Mapped[int]
    started_at: Mapped[datetime]
    deadline: Mapped[datetime]
    status: Mapped[AttemptStatus] = mapped_column(enum_of(AttemptStatus))
    handed_in_at: Mapped[datetime | None]
    handed_in_by: Mapped[HandedInBy | None] = mapped_column(enum_of(HandedInBy))
    score_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2, asdecimal=True))
    passed: Mapped[bool | None]
    counted: Mapped[bool] = mapped_column(default=False, server_default=false())
    session_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("exam_session.id"))
    paused_at: Mapped[datetime | None]
    device: Mapped[str | None] = mapped_column(String(16))


class AttemptItem(Base):
    """An item as one attempt shows it: its version, its place, its section, its draw; graded when handed in.

    `option_order` is the draw (`docs/item-bodies.md`): the options in order, the values of parameters. `flagged` is the
    mark that the person set, to look at the item again.
    """

    __tablename__ = "attempt_item"

    attempt_id: Mapped[int] = mapped_column(BigId, ForeignKey("attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_version_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_version.id"), index=True)
    type: Mapped[str] = mapped_column(String(20))
    option_order: Mapped[list[str]]
    points: Mapped[int]
    section: Mapped[int] = mapped_column(default=1, server_default="1")
    graded_answer: Mapped[list[str] | None]
    earned: Mapped[Decimal | None] = mapped_column(Numeric(6, 2, asdecimal=True))
    critical_error: Mapped[bool] = mapped_column(default=False, server_default=false())
    flagged: Mapped[bool] = mapped_column(default=False, server_default=false())


class AnswerEvent(Base):
    """An answer as it was saved, for ever (triggers): the newest of a position counts. The receipt names it.

    One tree a row and no second index: nothing is written more often, and an attempt has a few dozen rows at most.
    """

    __tablename__ = "answer_event"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "position"], ["attempt_item.attempt_id", "attempt_item.position"]),
        {"sqlite_with_rowid": False},
    )

    attempt_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    receipt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    answer: Mapped[list[str]]
    saved_at: Mapped[datetime]
