"""Conversations with the sandbox that take several steps; single answers are in `tests/contract`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.seed import seeded

NOON = datetime(2026, 11, 21, 12, 0, 0, 250_000, tzinfo=UTC)


class Odoo:
    """A sandbox asked over JSON-RPC as its administrator; raises AssertionError for an unexpected error."""

    def __init__(self, client: httpx.AsyncClient, db: Database) -> None:
        self._client = client
        self.db = db

    async def ask(self, model: str, method: str, *args: object, **kw: object) -> dict[str, Any]:
        call = [self.db.name, 2, "admin", model, method, list(args), kw]
        params = {"service": "object", "method": "execute_kw", "args": call}
        response = await self._client.post("/jsonrpc", json={"jsonrpc": "2.0", "id": 1, "params": params})
        answer: dict[str, Any] = response.json()
        return answer

    async def do(self, model: str, method: str, *args: object, **kw: object) -> Any:
        answer = await self.ask(model, method, *args, **kw)
        assert "error" not in answer, answer
        return answer.get("result")

    async def fails(self, model: str, method: str, *args: object, **kw: object) -> str:
        answer = await self.ask(model, method, *args, **kw)
        name: str = answer["error"]["data"]["name"]
        return name.rpartition(".")[2]

    async def state(self, order: int) -> str:
        rows = await self.do("sale.order", "read", [order], ["state"])
        state: str = rows[0]["state"]
        return state


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[17, 19])
async def odoo(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Odoo]:
    db = seeded(version=request.param, now=clock)
    transport = httpx.ASGITransport(app=create_app(db))
    async with httpx.AsyncClient(transport=transport, base_url="http://odoo.test") as client:
        yield Odoo(client, db)


async def test_a_many2one_written_as_anything_but_an_id_is_emptied_without_a_word(odoo: Odoo) -> None:
    for value in ("US", "233", [233, "United States"], True):
        await odoo.do("res.partner", "write", [7], {"country_id": 233})
        assert await odoo.do("res.partner", "write", [7], {"country_id": value}) is True
        assert await odoo.do("res.partner", "read", [7], ["country_id"]) == [{"id": 7, "country_id": False}]


async def test_a_many2one_is_read_as_a_pair_or_as_a_bare_id(odoo: Odoo) -> None:
    assert (await odoo.do("res.partner", "read", [11], ["parent_id"]))[0]["parent_id"] == [7, "Acme Inc"]
    assert (await odoo.do("res.partner", "read", [11], ["parent_id"], load=""))[0]["parent_id"] == 7
    assert (await odoo.do("res.partner", "read", [11], ["display_name"]))[0]["display_name"] == "Acme Inc, Ship Acme"


async def test_a_call_that_fails_leaves_nothing_behind(odoo: Odoo) -> None:
    before = await odoo.do("res.partner", "search_count", [])

    assert await odoo.fails("res.partner", "create", [{"name": "A"}, {"name": "B", "type": "bogus"}]) == "ValueError"
    assert await odoo.fails("res.partner", "write", [7, 999999], {"phone": "changed"}) == "MissingError"

    assert await odoo.do("res.partner", "search_count", []) == before
    assert (await odoo.do("res.partner", "read", [7], ["phone"]))[0]["phone"] == "+1 555 0100"


async def test_the_same_second_is_found_or_not_as_the_version_compares(odoo: Odoo, clock: Clock) -> None:
    clock.now = NOON + timedelta(minutes=1)
    await odoo.do("res.partner", "write", [7], {"phone": "1"})
    rows = await odoo.do("res.partner", "read", [7], ["write_date"])
    stamp = rows[0]["write_date"]

    after = await odoo.do("res.partner", "search", [["write_date", ">", stamp]])
    same = await odoo.do("res.partner", "search", [["write_date", "=", stamp]])

    assert stamp == "2026-11-21 12:01:00"
    assert (after, same) == (([], [7]) if odoo.db.version >= 19 else ([7], []))


async def test_archived_records_come_when_asked_for(odoo: Odoo) -> None:
    answer = await odoo.ask("res.partner", "toggle_active", [18])
    assert "result" not in answer
    assert "error" not in answer

    assert await odoo.do("res.partner", "search", [["id", "=", 18]]) == []
    assert await odoo.do("res.partner", "search", [["id", "=", 18]], context={"active_test": False}) == [18]


async def test_children_and_tags_are_written_by_commands(odoo: Odoo) -> None:
    address = {"name": "Desk", "type": "other", "street": "9 Other"}
    await odoo.do("res.partner", "write", [7], {"child_ids": [[0, 0, address]], "category_id": [[6, 0, [1, 2]]]})
    rows = await odoo.do("res.partner", "read", [7], ["child_ids", "category_id"])
    child = rows[0]["child_ids"][-1]

    await odoo.do("res.partner", "write", [7], {"child_ids": [[1, child, {"street": "10"}]], "category_id": [[3, 1]]})

    assert (await odoo.do("res.partner", "read", [child], ["street"]))[0]["street"] == "10"
    assert (await odoo.do("res.partner", "read", [7], ["category_id"]))[0]["category_id"] == [2]
    await odoo.do("res.partner", "write", [7], {"child_ids": [[2, child, 0]]})
    assert await odoo.do("res.partner", "read", [child], ["street"]) == []


async def test_an_order_has_a_number_lines_and_a_total(odoo: Odoo) -> None:
    lines = [
        [0, 0, {"product_id": 5, "product_uom_qty": 2, "price_unit": 10.5}],
        [0, 0, {"product_id": 5, "price_unit": 1}],
    ]
    order = await odoo.do("sale.order", "create", {"partner_id": 7, "order_line": lines})

    rows = await odoo.do("sale.order", "read", [order], ["name", "amount_total", "order_line", "state"])

    assert rows[0]["name"] == "S00001"
    assert rows[0]["amount_total"] == 22.0
    assert len(rows[0]["order_line"]) == 2


async def test_confirming_sets_the_date_to_now_and_works_once(odoo: Odoo) -> None:
    order = await odoo.do("sale.order", "create", {"partner_id": 7, "date_order": "2026-01-01 00:00:00"})

    assert await odoo.do("sale.order", "action_confirm", [order]) is True

    assert (await odoo.do("sale.order", "read", [order], ["date_order"]))[0]["date_order"] == "2026-11-21 12:00:00"
    assert await odoo.fails("sale.order", "action_confirm", [order]) == "UserError"
    assert await odoo.fails("sale.order", "unlink", [order]) == "UserError"


async def test_cancelling_a_confirmed_order_asks_back_in_17_and_does_it_in_19(odoo: Odoo) -> None:
    order = await odoo.do("sale.order", "create", {"partner_id": 7})
    await odoo.do("sale.order", "action_confirm", [order])

    answer = await odoo.do("sale.order", "action_cancel", [order])

    if odoo.db.version >= 19:
        assert (answer, await odoo.state(order)) == (True, "cancel")
    else:
        assert (answer["type"], await odoo.state(order)) == ("ir.actions.act_window", "sale")
        await odoo.do("sale.order", "action_cancel", [order], context={"disable_cancel_warning": True})
        assert await odoo.state(order) == "cancel"


async def test_locking_answers_neither_result_nor_error(odoo: Odoo) -> None:
    order = await odoo.do("sale.order", "create", {"partner_id": 7})

    assert await odoo.ask("sale.order", "action_lock", [order]) == {"jsonrpc": "2.0", "id": 1}

    assert await odoo.fails("sale.order", "action_cancel", [order]) == "UserError"


async def test_fields_can_be_asked_for_their_kind(odoo: Odoo) -> None:
    known = await odoo.do("res.partner", "fields_get", ["country_id", "mobile"], ["type", "relation"])

    assert known["country_id"] == {"type": "many2one", "relation": "res.country"}
    assert ("mobile" in known) == (odoo.db.version < 19)
