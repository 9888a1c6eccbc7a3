"""Categories of a WooCommerce's products. The shop keeps no date of them and cannot switch one off.

The one that it puts products in that have none ("Uncategorized") is not there for us: what stands in it stands in none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from app.connectors.base import (
    MISSING,
    Cursor,
    Desired,
    Gone,
    ListedPage,
    Page,
    Patch,
    Removal,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.told import whole_of
from app.connectors.woocommerce import catalog_texts, changes
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.outcomes import Outcomes
from app.connectors.woocommerce.product_record import native_number, text, unkept
from app.connectors.woocommerce.product_state import DEFAULT_CATEGORY
from app.connectors.woocommerce.records import by_ids, native_id
from app.connectors.woocommerce.records import text as read_text
from app.entities.base import EntityType, Json, NaturalKey, Record, Ref, Side, State
from app.entities.records import record_key
from app.errors import AppError, Conflict, Rejected, Retryable

RESOURCE: Final = "products/categories"
LONGEST: Final = 200
"""Of the column of names (`wp_terms`)."""
FIELDS: Final[Mapping[str, str]] = {"name": "text", "parent": "id"}


class CategoryPort:
    entity_type = EntityType.CATEGORY

    def __init__(self, client: WooClient) -> None:
        self._client = client

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        rows = await by_ids(self._client, RESOURCE, ids)
        return {number: _snapshot(rows[number]) if _is_one(rows.get(number)) else MISSING for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By parent and name, `16|shirts`; `|clothes` stands at the top."""
        found: dict[str, list[Snapshot]] = {}
        for shot in await self._all():
            found.setdefault(_path(shot.state), []).append(shot)
        return {key: found.get(key.value, []) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        """Events name categories by id only; what a patch holds is in the state's own words."""
        return [Resolved(state=dict(patch.fields)) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """One call for up to 100, after a look at what there is."""
        outcomes = Outcomes(writes)
        await outcomes.guarded(self._remove(outcomes))
        await outcomes.guarded(self._send(outcomes))
        return await outcomes.shown(_shown)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [_record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [_resolved(desired) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """All by id: the shop keeps no date of them."""
        return changes.by_id(self._client, RESOURCE, cursor)

    def listed(self, cursor: Cursor) -> AsyncIterator[ListedPage]:
        return changes.listed(self._client, RESOURCE, cursor, _shown)

    async def count(self) -> int:
        return await self._client.count(RESOURCE)

    async def native_fields(self) -> Mapping[str, str]:
        return FIELDS

    async def _all(self) -> list[Snapshot]:
        return await _shown(await self._client.rows(RESOURCE))

    async def _remove(self, outcomes: Outcomes) -> None:
        """What stands below a category would move up with it gone, which is nobody's wish here."""
        removed = {at: one.removal for at, one in outcomes.open() if one.removal is not None}
        archives = [at for at, removal in removed.items() if removal is Removal.ARCHIVE]
        outcomes.add({at: _cannot(Removal.ARCHIVE, "it is there or it is not; let it be deleted") for at in archives})
        deletes = {at: outcomes.number(at) for at in removed if at not in archives}
        parents = {shot.state.get("parent") for shot in await self._all()} if deletes else set()
        for at, number in deletes.items():
            if number.isdecimal() and int(number) in parents:
                outcomes.add({at: _cannot(Removal.DELETE, "it has categories below it")})
            else:
                outcomes.add_gone({at: await self._delete(number)})

    async def _delete(self, number: str) -> AppError | None:
        """Terms have no trash. Also of what is gone already."""
        try:
            await self._client.delete(f"{RESOURCE}/{number}", force=True)
        except AppError as error:
            return error
        return None

    async def _send(self, outcomes: Outcomes) -> None:
        new = [at for at, one in outcomes.open() if one.ref is None]
        outcomes.add(await self._taken({at: outcomes.writes[at] for at in new}) if new else {})
        created = {at: _body(one) for at, one in outcomes.open() if one.ref is None}
        changed = {at: {"id": int(outcomes.number(at)), **_body(one)} for at, one in outcomes.open() if one.ref}
        if created or changed:
            answers = await self._client.batch(RESOURCE, create=list(created.values()), update=list(changed.values()))
            outcomes.add({at: _known(one) for at, one in zip([*created, *changed], answers, strict=True)})

    async def _taken(self, new: Mapping[int, Write]) -> dict[int, Row | AppError]:
        """The shop says so itself only of one with the same parent and name; better to name it."""
        there = {_path(shot.state): shot.ref.native_id for shot in await self._all()}
        owners = {at: there[path] for at, write in new.items() if (path := _path(write.changes)) in there}
        return {
            at: Conflict(
                f"category {number} has this name in the same place already", code="duplicate_name", field="name"
            )
            for at, number in owners.items()
        }


def _is_one(row: Row | None) -> bool:
    return row is not None and row.get("slug") != DEFAULT_CATEGORY


async def _shown(rows: Sequence[Row]) -> list[Snapshot]:
    return [_snapshot(row) for row in rows if _is_one(row)]


def _snapshot(row: Row) -> Snapshot:
    ref = Ref(side=Side.SHOP, entity_type=EntityType.CATEGORY, native_id=native_id(row))
    parent = whole_of(row.get("parent"), "parent") or None
    return Snapshot(ref=ref, state={"name": read_text(row.get("name")), "parent": parent})


def _record(state: State) -> Record:
    """Of a state that may hold only some of its fields. Not `active`: the shop has no such thing here."""
    record: dict[str, Json] = {"name": state["name"]} if "name" in state else {}
    if "parent" in state:
        record["parent"] = str(state["parent"]) if state["parent"] else None
    return record


def _path(state: State) -> str:
    key = record_key(EntityType.CATEGORY, _record(state))
    return key.value if key else ""


def _resolved(desired: Desired) -> Resolved | AppError:
    fields = desired.fields
    state: dict[str, Json] = {}
    if (desired.base is None or "name" in fields) and not text(fields.get("name")):
        return Rejected("a category of the shop needs a name", code="required", field="name")
    notes = unkept(fields, ("name",))
    if "name" in fields:
        state["name"] = name = " ".join((text(fields["name"]) or "").split())
        if len(name) > LONGEST:
            return Rejected(f"a category of the shop has up to {LONGEST} characters", code="too_long", field="name")
        notes += ("name: the shop keeps it in one line",) if name != text(fields["name"]) else ()
    try:
        if "parent" in fields:
            state["parent"] = native_number(fields["parent"], field="parent")
    except AppError as error:
        return error
    if fields.get("active") is False:
        notes += ("active was left out: the shop cannot switch a category off",)
    return Resolved(state=state, notes=notes)


def _body(write: Write) -> Row:
    body: Row = {}
    if "name" in write.changes:
        body["name"] = catalog_texts.sent_name(text(write.changes["name"]))
    if "parent" in write.changes:
        body["parent"] = write.changes["parent"] or 0
    return body


def _known(answer: Row | AppError) -> Row | AppError:
    if isinstance(answer, AppError) and answer.code == "duplicate_name":
        return Retryable("a category of this name appeared; the retry takes it up", code="appeared", field="name")
    return answer


def _cannot(removal: Removal, why: str) -> Rejected:
    return Rejected(f"a category cannot be {removal}d in WooCommerce: {why}", code=f"cannot_{removal}")
