"""Finding items by words, through FTS5 on SQLite and `tsvector` on PostgreSQL."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Select, column, false, func, literal_column, select, table

from question_bank import terms
from question_bank.models import Item
from training.core.db import db

SEARCH = table("item_search", column("item_id"), column("rowid"), column("item_search"), column("terms"))
LEAD, REST = 8.0, 1.0
"""What a find in code, stem or tags counts on SQLite, and one elsewhere; PostgreSQL has its own weights A and D."""


def having(words: str) -> Select[Any]:
    """A select of the ids of the items that have every word."""
    return select(matching(words).subquery().c.item_id)


def matching(words: str) -> Select[Any]:
    """A select of `item_id, rank` (the lower the better) of the items that have every word; none for no word.

    PostgreSQL is made to look the words up by themselves: it guesses badly how many items have them, and would hold
    rare words against every item of the bank.
    """
    wanted = terms.wanted(words)
    if not wanted:
        nothing: Any = select(Item.id.label("item_id"), literal_column("0").label("rank")).where(false())
        return cast("Select[Any]", nothing)
    if db.engine.dialect.name == "sqlite":
        match = " ".join(f'"{term}"*' if goes_on else f'"{term}"' for term, goes_on in wanted)
        rank = func.bm25(literal_column("item_search"), LEAD, REST)
        found = select(SEARCH.c.rowid.label("item_id"), rank.label("rank"))
        return found.where(SEARCH.c.item_search.op("MATCH")(match))
    text = " & ".join(f"'{term}':*" if goes_on else f"'{term}'" for term, goes_on in wanted)
    query = func.to_tsquery("simple", text)
    likeness = func.ts_rank(SEARCH.c.terms, query)
    ids = select(SEARCH.c.item_id).where(SEARCH.c.terms.op("@@")(query)).cte("having_words").prefix_with("MATERIALIZED")
    return select(SEARCH.c.item_id, (-likeness).label("rank")).join(ids, ids.c.item_id == SEARCH.c.item_id)
