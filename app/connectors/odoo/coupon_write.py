"""Writing a coupon: three records that Odoo saves in three calls, and yet one coupon, made once.

A new program is archived until its rule and reward say what they shall: a real Odoo fills a new one with a rule under a
code of chance and 10 % off, and nobody may use it half made. Each record has an external id of its own (the marker,
`…_rule`, `…_reward`); what is there already is written over, so that a retry ends where the first attempt would have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.base import Removal, Write
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.records import Table
from app.connectors.odoo.search import rows_of
from app.connectors.odoo.values import flag_of, id_of, many2one_for, number_of
from app.connectors.odoo.writing import Stored, required_id
from app.entities.base import Json, State
from app.errors import BadPayload, Conflict, NotFound, Rejected

RULE: Final = "loyalty.rule"
REWARD: Final = "loyalty.reward"
PART_FIELDS: Final[Mapping[str, Sequence[str]]] = {
    RULE: ("program_id", "active", "code", "minimum_amount"),
    REWARD: ("program_id", "active", "reward_type", "discount", "discount_mode", "discount_applicability"),
}
WITH_CODE: Final[Row] = {"mode": "with_code"}
ON_ORDER: Final[Row] = {"reward_type": "discount", "discount_applicability": "order"}


async def parts_of(client: OdooClient, model: str, programs: Sequence[int]) -> list[Row]:
    """Rules or rewards of these programs, archived ones too."""
    if not programs:
        return []
    return await rows_of(client, model, [["program_id", "in", list[Json](programs)]], PART_FIELDS[model])


class CouponWriter:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._client = table.client

    async def store(self, write: Write) -> Stored:
        """Raises `Conflict` for a code that another program or card has: Odoo keeps codes unique."""
        if write.removal is not None:
            return await self._remove(required_id(write), write.removal)
        program = await self._create(write) if write.ref is None else required_id(write)
        extra = await self._table.extra_values(write.changes)
        if write.ref is not None:
            await self._write(program, write.changes, extra)
        signed = write.ref is None or bool(_program(write.changes) or extra)
        return Stored(native_id=str(program), written=write.changes if signed else {})

    async def _create(self, write: Write) -> int:
        if write.marker is None:
            raise BadPayload("a coupon is only made under a marker, so that it is made once")
        program = await self._client.find_marker(write.marker)
        await self._refuse_taken(write.changes, program)
        if program is None:
            columns = ["id", "name", "program_type", "trigger", "applies_on", "active"]
            row: list[Json] = [write.marker, write.changes["name"], "promo_code", "with_code", "current", ""]
            [program] = await self._client.load(self._table.model, columns, [row])
        await self._make_part(RULE, program, {**WITH_CODE, **_rule(write.changes)}, f"{write.marker}_rule")
        await self._make_part(REWARD, program, {**ON_ORDER, **_reward(write.changes)}, f"{write.marker}_reward")
        values = {"active": True, **_program(write.changes), **await self._table.extra_values(write.changes)}
        await self._client.write(self._table.model, [program], values)
        return program

    async def _make_part(self, model: str, program: int, values: Row, marker: str) -> None:
        parts = await parts_of(self._client, model, [program])
        if parts:
            await self._write_part(model, program, parts[0], values)
            return
        columns = ["id", "program_id/.id", *values]
        try:
            await self._client.load(
                model, columns, [[marker, str(program), *(str(value) for value in values.values())]]
            )
        except Rejected as error:
            raise await self._explained(error, values, program) from error

    async def _write(self, program: int, changes: State, extra: Row) -> None:
        """Discount and rule before the program: its `active` comes last."""
        for model, values in ((REWARD, _reward(changes)), (RULE, _rule(changes))):
            parts = await parts_of(self._client, model, [program]) if values else []
            live = [part for part in parts if flag_of(part.get("active"))] or parts
            if live:
                await self._write_part(model, program, live[0], values)
        if values := {**_program(changes), **extra}:
            await self._client.write(self._table.model, [program], values)

    async def _write_part(self, model: str, program: int, part: Row, values: Row) -> None:
        try:
            await self._client.write(model, [id_of(part.get("id")) or 0], values)
        except Rejected as error:
            raise await self._explained(error, values, program) from error

    async def _explained(self, error: Rejected, values: Row, program: int) -> Rejected:
        """Odoo says that a code is taken in the language of its user; looking is surer."""
        try:
            await self._refuse_taken(values, program)
        except Conflict as taken:
            return taken
        return error

    async def _refuse_taken(self, changes: State, program: int | None) -> None:
        code = changes.get("code")
        if code is None:
            return
        for model in (RULE, "loyalty.card"):
            rows = await rows_of(self._client, model, [["code", "=", code]], ["program_id"])
            if others := [number for row in rows if (number := id_of(row.get("program_id"))) != program]:
                raise Conflict(
                    f"the code {code} is taken in Odoo by discount program {others[0]}", code="code_taken", field="code"
                )

    async def _remove(self, program: int, removal: Removal) -> Stored:
        """A live program is archived before Odoo lets it be deleted."""
        try:
            await self._client.write(self._table.model, [program], {"active": False})
            if removal is Removal.DELETE:
                await self._client.unlink(self._table.model, [program])
        except NotFound:
            return Stored(native_id=str(program), gone=True)
        return Stored(native_id=str(program), gone=removal is Removal.DELETE)


def _program(changes: State) -> Row:
    values: Row = {
        name: changes[name] or False for name in ("name", "active", "date_from", "date_to") if name in changes
    }
    if "max_usage" in changes:
        values |= {"limit_usage": changes["max_usage"] is not None, "max_usage": changes["max_usage"] or 0}
    if "currency_id" in changes:
        values["currency_id"] = many2one_for(changes["currency_id"])
    return values


def _rule(changes: State) -> Row:
    values: Row = {"code": changes["code"]} if "code" in changes else {}
    return values | ({"minimum_amount": number_of(changes["minimum_amount"])} if "minimum_amount" in changes else {})


def _reward(changes: State) -> Row:
    values: Row = {"discount_mode": changes["discount_mode"]} if "discount_mode" in changes else {}
    return values | ({"discount": number_of(changes["discount"])} if "discount" in changes else {})
