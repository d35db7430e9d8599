"""Values of the database's columns as JSON and back, exactly: one text, whichever database they come from."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Enum,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    Select,
    String,
    Table,
    Text,
    cast,
    null,
    select,
)

from training.core.db import UTCDateTime

Change = Callable[[Any], Any]
LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True)
class Codec:
    """How the values of one column are written and read; neither sees NULL."""

    write: Change
    read: Change


def statement_of(table: Table) -> Select[Any]:
    """Every row in the order of its key. JSON comes as text, in which a JSON null differs from NULL."""
    columns = (cast(one, Text) if isinstance(one.type, JSON) else one for one in table.columns)
    return select(*columns).order_by(*table.primary_key.columns)


def codecs(table: Table) -> list[Codec]:
    """The codecs of a table's columns, in their order."""
    return [_codec(column) for column in table.columns]


def write_row(codecs: Sequence[Codec], row: Sequence[Any]) -> str:
    """One row as one line of JSON, without the line's end."""
    pairs = zip(codecs, row, strict=True)
    cells = [None if value is None else codec.write(value) for codec, value in pairs]
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


def read_row(table: Table, codecs: Sequence[Codec], row: Sequence[Any]) -> dict[str, Any]:
    """The parameters of an INSERT for that row; raises `ValueError` for what cannot stand in the table."""
    if not isinstance(row, list) or len(row) != len(codecs):
        raise ValueError("a row has another number of cells than its table has columns")
    pairs = zip(table.columns, codecs, row, strict=True)
    return {column.name: _read(column, codec, value) for column, codec, value in pairs}


def _read(column: Column[Any], codec: Codec, value: Any) -> Any:
    if value is not None:
        return codec.read(value)
    if not column.nullable:
        raise ValueError(f"{column.name} is empty")
    return null() if isinstance(column.type, JSON) else None


def _codec(column: Column[Any]) -> Codec:
    kind = column.type
    if isinstance(kind, Enum):
        return Codec(lambda value: value.value, kind.enum_class or str)
    for types, codec in _CODECS:
        if isinstance(kind, types):
            return codec
    raise TypeError(f"no way to write {kind!r} of {column} is known: add one to core/cells.py")


def _of(*kinds: type) -> Change:
    def checked(value: Any) -> Any:
        if type(value) not in kinds:
            raise ValueError(f"{kinds[0].__name__} expected, {type(value).__name__} found")
        return value

    return checked


_text = _of(str)


def _integer(value: Any) -> int:
    if not -LARGEST_INTEGER <= _of(int)(value) <= LARGEST_INTEGER:
        raise ValueError("a number is larger than a column can hold")
    return int(value)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("a moment has no time zone")
    return moment


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(_text(value))
    except ArithmeticError as error:
        raise ValueError(f"{value!r} is no number") from error


def _json(value: Any) -> Any:
    (inner,) = _of(list)(value)
    return JSON.NULL if inner is None else inner


_CODECS: tuple[tuple[tuple[type, ...], Codec], ...] = (
    ((JSON,), Codec(lambda text: [json.loads(text)], _json)),
    ((UTCDateTime,), Codec(datetime.isoformat, _moment)),
    ((Date,), Codec(date.isoformat, lambda value: date.fromisoformat(_text(value)))),
    ((Boolean,), Codec(bool, _of(bool))),
    ((LargeBinary,), Codec(lambda value: base64.b64encode(value).decode(), lambda value: _bytes(value))),
    ((Float,), Codec(float, _of(float))),
    ((Numeric,), Codec(str, _decimal)),
    ((Integer,), Codec(int, _integer)),
    ((String,), Codec(str, _text)),
)


def _bytes(value: Any) -> bytes:
    return base64.b64decode(_text(value), validate=True)
