"""Opening an import, confirming or dropping it, and writing a piece of it; none of these commits.

A piece is written together with its lines and with `done`, which says where the next begins: whatever dies in
between, an item is in the bank once or still waits.
Who comes with a piece that is written already finds that out from `done`.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from question_bank import item_types
from question_bank.exchange import formats, gaps
from question_bank.exchange.parsed import Parsed
from question_bank.exchange.said import bilingual
from question_bank.exchange.said import gettext as _
from question_bank.imports import comparing, queries, writing
from question_bank.imports.models import ImportLine, ImportStatus, ItemImport, Outcome
from question_bank.likeness import files, shingles
from question_bank.likeness.files import Compared
from question_bank.permissions import Permission
from question_bank.services.items import digest, stem_of
from training.core import audit, clock, jobs, storage
from training.core.access import Actor
from training.core.db import db, insert_many
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope
from training.core.storage import Kept

WORK = "question_bank:import"
A_PIECE = 200
MOST = 100_000
MOST_MESSAGES = 20
AT_ONCE = 1000
Columns = dict[str, dict[int, str]]
LONGEST_MESSAGE, LONGEST_PLACE = 500, 200


def open_import(
    scope: Scope,
    items: Sequence[Parsed],
    data: bytes,
    name: str,
    format_name: str,
    language: str,
    *,
    sent_by: Actor | None,
    compared: Compared | None = None,
) -> ItemImport:
    """Keep a file that was looked at, with a line for each of its items; nothing is in the bank yet.

    `compared` is what `compare` says of the items, for those who ask it before the transaction.
    Raises `NotAllowed` or `Invalid` (more items than one import takes).
    """
    if sent_by is not None:
        sent_by.require(Permission.ITEM_WRITE, scope.path)
    if len(items) > MOST:
        raise Invalid(_("The file holds more than %(most)s items. Split it, and send the parts one by one.", most=MOST))
    opened = ItemImport(
        scope_id=scope.id,
        person_id=sent_by.id if sent_by else None,
        name=name[:200],
        format=format_name,
        language=language,
        data=zlib.compress(data, 6),
        status=ImportStatus.LOOKED_AT,
        total=len(items),
        created_at=clock.now(),
    )
    db.session.add(opened)
    db.session.flush()
    _write_lines(opened, items, compared or compare(items))
    audit.record(sent_by, "item_import.open", opened, items=len(items), format=format_name)
    return opened


def read_again(opened: ItemImport, columns: Columns | None = None) -> list[Parsed]:
    """The items of an import, from its file as it was sent; `Conflict` when it has ended and the file is gone.

    `columns` is what its columns hold, by default as it was last said.
    """
    if opened.data is None:
        raise Conflict(_("This import has ended; its file is no longer kept. Send it again."))
    data = zlib.decompress(opened.data)
    said = columns_of(opened) if columns is None else columns
    _name, items = formats.read(data, opened.name, language=opened.language, wanted=opened.format, columns=said)
    return items


def columns_of(opened: ItemImport) -> Columns:
    """What the columns of a workbook hold, by sheet and place, where somebody has corrected the guess."""
    return {sheet: {int(place): name for place, name in given.items()} for sheet, given in opened.columns.items()}


def compare(items: Sequence[Parsed]) -> Compared:
    """What the items of a file say, and which of them are like one before them; needs no database."""
    digests, bands = [], []
    for one in items:
        body = one.body
        digests.append(digest(one.type, body))
        bands.append(array("q", shingles.bands(body)))
    return files.compare(items, digests, bands)


def correct_columns(
    opened: ItemImport,
    columns: Columns,
    items: Sequence[Parsed],
    scope: Scope,
    *,
    corrected_by: Actor,
    compared: Compared | None = None,
) -> None:
    """Keep what somebody says that the columns of a locked import hold, and `items`, which was so read in it.

    Raises `NotAllowed` or `Conflict` (confirmed already).
    """
    corrected_by.require(Permission.ITEM_WRITE, scope.path)
    if opened.status is not ImportStatus.LOOKED_AT:
        raise Conflict(_("This import was confirmed already; its columns can no longer be corrected."))
    opened.columns = {sheet: {str(place): name for place, name in given.items()} for sheet, given in columns.items()}
    db.session.execute(delete(ImportLine).where(ImportLine.import_id == opened.id))
    opened.total = len(items)
    db.session.flush()
    _write_lines(opened, items, compared or compare(items))


def choose(opened: ItemImport, scope: Scope, shown: Collection[int], chosen: Collection[int], *, by: Actor) -> None:
    """Let those of the `shown` lines (numbers) of a locked import come in that are chosen, though they are like others.

    Raises `NotAllowed` or `Conflict` (confirmed already).
    """
    by.require(Permission.ITEM_WRITE, scope.path)
    if opened.status is not ImportStatus.LOOKED_AT:
        raise Conflict(_("This import was confirmed already; what comes in can no longer be chosen."))
    own = (ImportLine.import_id == opened.id, ImportLine.percent.is_not(None), ImportLine.number.in_(shown))
    db.session.execute(update(ImportLine).where(*own).values(chosen=ImportLine.number.in_(chosen)))


def choose_all(opened: ItemImport) -> None:
    """Let every line of an import come in that can."""
    db.session.execute(update(ImportLine).where(ImportLine.import_id == opened.id).values(chosen=True))


def _write_lines(opened: ItemImport, items: Sequence[Parsed], compared: Compared) -> None:
    """Write the lines of an import, a thousand at once."""
    codes = writing.codes_of(items, prefix_of(opened))
    there = queries.there(opened.scope_id, codes, compared.digests)
    judged = [_judged(code, said, one, there) for code, said, one in zip(codes, compared.digests, items, strict=True)]
    coming = {place for place, one in enumerate(judged) if one.outcome in comparing.COMING}
    for start in range(0, len(items), AT_ONCE):
        places = range(start, min(start + AT_ONCE, len(items)))
        asked = [place for place in places if place in coming and codes[place] not in there.codes]
        bodies = {place: items[place].body for place in places}
        told = comparing.told(opened.scope_id, {place: bodies[place] for place in asked}, compared, coming)
        where = bilingual((items[place].where for place in places), LONGEST_PLACE)
        insert_many(
            ImportLine,
            [
                {
                    **comparing.NOTHING,
                    **told.get(place, {}),
                    **_line(items[place], bodies[place], codes[place], judged[place]),
                    "place_zh": where[place - start]["zh"],
                    "place_en": where[place - start]["en"],
                    "import_id": opened.id,
                    "number": place + 1,
                    "bands": bytes(compared.bands[place]) if place in coming else None,
                }
                for place in places
            ],
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """How one item would come in and what is to be said about it.

    `item_id` is the item that says the same already; `draft_version` that of the draft whose next version it would be.
    """

    outcome: Outcome
    messages: Sequence[str] = ()
    item_id: int | None = None
    draft_version: int | None = None


def _line(one: Parsed, body: dict[str, Any], code: str, judged: Judged) -> dict[str, Any]:
    """What a line says of its item, and what becomes of it."""
    return {
        "name": (_stem(body) or one.name or code)[:200],
        "type": (one.type or one.original_type)[:40],
        "outcome": judged.outcome,
        "messages": _messages(judged.messages),
        "item_id": judged.item_id,
        "draft_version": judged.draft_version,
    }


def _messages(told: Sequence[str]) -> list[dict[str, str]]:
    return bilingual(told[:MOST_MESSAGES], LONGEST_MESSAGE) if told else []


def _stem(body: dict[str, Any]) -> str:
    """What its author knows an item by: its stem, in whatever language it has."""
    return gaps.shown(next(filter(None, (stem_of(body, language) for language in item_types.LANGUAGES)), ""))


def _judged(code: str, said: str, one: Parsed, there: queries.There) -> Judged:
    if one.refusals:
        return Judged(Outcome.REFUSED, [problem.told(one.where) for problem in one.refusals])
    if said in there.by_digest:
        return Judged(Outcome.THERE, item_id=there.by_digest[said])
    losses = [problem.told(one.where) for problem in one.losses]
    if code not in there.codes:
        return Judged(Outcome.WITH_LOSSES if losses else Outcome.WHOLE, losses)
    draft = there.drafts.get(code)
    if draft is None or draft.type != one.type:
        told = _("Your bank has another item with the code %(code)s; give this one another.", code=code)
        return Judged(Outcome.REFUSED, [told])
    losses.append(_("Becomes the next version of the draft with this code."))
    return Judged(Outcome.WITH_LOSSES, losses, draft_version=draft.version)


def prefix_of(opened: ItemImport) -> str:
    """What codes begin with for items that bring none."""
    return f"IM{opened.id}"


def confirm(opened: ItemImport, scope: Scope, *, confirmed_by: Actor | None) -> None:
    """Let a locked import be written; a second click changes nothing. Raises `NotAllowed`, `Conflict` or `Invalid`."""
    if confirmed_by is not None:
        confirmed_by.require(Permission.ITEM_WRITE, scope.path)
    if opened.status is ImportStatus.RUNNING or opened.status is ImportStatus.FINISHED:
        return
    if opened.status is ImportStatus.DROPPED:
        raise Conflict(_("This import was dropped. Send the file again."))
    if not queries.counts_of(opened).coming:
        raise Invalid(_("No item of this file can come in. Mend the file and send it again."))
    opened.status = ImportStatus.RUNNING
    db.session.flush()
    audit.record(confirmed_by, "item_import.confirm", opened, items=opened.total)
    jobs.enqueue(WORK, import_id=opened.id)


def drop(opened: ItemImport, scope: Scope, *, dropped_by: Actor) -> None:
    """Forget a locked import that was not confirmed. Raises `NotAllowed` or `Conflict`."""
    dropped_by.require(Permission.ITEM_WRITE, scope.path)
    if opened.status is not ImportStatus.LOOKED_AT:
        raise Conflict(_("This import was confirmed already; what it brought stands in the bank as drafts."))
    _end(opened, ImportStatus.DROPPED)
    audit.record(dropped_by, "item_import.drop", opened)


def keep_pictures(items: Sequence[Parsed]) -> list[Kept]:
    """Put the pictures of items into their places; slow, so before the transaction that writes a piece."""
    media = (picture for one in items if not one.refusals for picture in one.media.items())
    return [storage.keep(data, name, families=("image",)) for name, data in media]


def write_piece(
    import_id: int, items: Sequence[Parsed], codes: Sequence[str], start: int, kept: Sequence[Kept]
) -> int | None:
    """Write the items from `start` on, as many as make a piece; returns where the next begins, None at the end.

    `kept` are the pictures of the piece, in their places already.
    None too when the import is not running, or somebody else has written this piece.
    """
    opened = db.session.scalars(select(ItemImport).where(ItemImport.id == import_id).with_for_update()).one()
    if opened.status is not ImportStatus.RUNNING or opened.done != start:
        return None
    end = min(start + A_PIECE, opened.total)
    queries.lock_bank(opened.scope_id)
    for one in kept:
        storage.record(one)
    _write_what_comes(opened, queries.coming(import_id, start + 1, end), items, codes)
    opened.done = end
    if end == opened.total:
        _end(opened, ImportStatus.FINISHED)
    db.session.flush()
    return end if end < opened.total else None


def _write_what_comes(
    opened: ItemImport, lines: Mapping[int, queries.Coming], items: Sequence[Parsed], codes: Sequence[str]
) -> None:
    """Write the items of lines (by number), save what somebody else has brought or changed since they were looked at.

    A line that was looked at beside a draft is that draft's next version, any other is an item of its own.
    """
    bodies = {number: items[number - 1].body for number in lines}
    digests = {number: digest(items[number - 1].type, body) for number, body in bodies.items()}
    there = queries.meanwhile(opened, list(digests.values()))
    new: dict[int, writing.New] = {}
    revised: dict[int, writing.New] = {}
    for number, line in lines.items():
        if digests[number] not in there:
            one = writing.New(codes[number - 1], items[number - 1], bodies[number], digests[number], line.bands)
            (new if line.draft_version is None else revised)[number] = one
    ids = writing.add(opened.scope_id, opened.person_id, list(new.values()))
    seen = {one.code: lines[number].draft_version for number, one in revised.items()}
    ids |= writing.revise(opened.scope_id, opened.person_id, list(revised.values()), seen)
    written = {number: one for number, one in {**new, **revised}.items() if one.code in ids}
    _tell(opened.id, {number: {"item_id": ids[one.code]} for number, one in written.items()})
    same = {number: there[one] for number, one in digests.items() if one in there}
    _tell(opened.id, {number: _became(Outcome.THERE, item_id) for number, item_id in same.items()})
    _tell(
        opened.id,
        {
            number: _became(Outcome.REFUSED, None, _overtaken(codes[number - 1], is_draft=number in revised))
            for number in lines.keys() - written.keys() - same.keys()
        },
    )


def _became(outcome: Outcome, item_id: int | None, *messages: str) -> dict[str, Any]:
    return {"outcome": outcome, "item_id": item_id, "messages": _messages(messages)}


def _overtaken(code: str, *, is_draft: bool) -> str:
    """Why a line that was to come in stays out after all, and what to do."""
    if is_draft:
        return _(
            "Item %(code)s was changed after this file was looked at, so it was left as it is. "
            "Compare the two; if yours is to be the next version, send the file again.",
            code=code,
        )
    return _(
        "The code %(code)s was given to another item after this file was looked at. "
        "Give this one another code, and send the file again.",
        code=code,
    )


def _tell(import_id: int, lines: Mapping[int, Mapping[str, Any]]) -> None:
    """Write what became of lines, the same columns of each."""
    if lines:
        rows = [{"import_id": import_id, "number": number, **lines[number]} for number in sorted(lines)]
        db.session.execute(update(ImportLine), rows)


def _end(opened: ItemImport, status: ImportStatus) -> None:
    opened.status, opened.ended_at, opened.data = status, clock.now(), None
    db.session.flush()
