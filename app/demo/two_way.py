"""The second act: people edit on both sides, and each edit arrives once on the other.

Edits are made as people make them, in the sandbox Odoo and the sandbox shop; Odoo's own rules and the shop's module
tell of them. After each edit everything comes to rest, and the writes that both sides received are counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from textwrap import dedent
from typing import Final

from app.demo.events import ORDER
from app.demo.links import LINK, SYNC
from app.demo.observer import Look, Observer, Writes, at_rest, since
from app.demo.pictures import EMAIL, LOCATION, PRODUCT, Pictures, money
from app.demo.scene import Scene, Step
from app.demo.stage import Stage, eventually
from app.demo.window import Row, Window

COUNTED: Final = 50
QUANTITY: Final = 2
ADDRESS: Final = {
    "id_country": "21",
    "alias": "Home",
    "firstname": "Ada",
    "lastname": "Byron",
    "address1": "1 Main Street",
    "city": "New York",
    "postcode": "10001",
}


class TwoWay:
    def __init__(self, stage: Stage, window: Window) -> None:
        self._stage = stage
        self._window = window
        self._pictures = Pictures(window)
        self._observer = Observer(
            {"the shop": window.shop_writes, "Odoo": window.odoo_writes},
            jobs=lambda: window.jobs(LINK),
            quiet=window.quiet,
            teller=lambda job: "the shop" if job["side"] == "shop" else "Odoo",
        )
        self._odoo_id = 0
        self._since: Writes = {}

    async def scenes(self) -> AsyncIterator[Scene]:
        """Each builds on the one before: the act ends with the first that did not come out right."""
        acts = (
            self._switch_on,
            self._contact_added,
            self._renamed,
            self._employed,
            self._both_edited,
            self._customer_counted,
            self._ordered,
            self._counted,
            self._rest,
        )
        for act in acts:
            scene = await act()
            yield scene
            if not all(step.ok for step in scene.steps):
                return

    async def _contact_added(self) -> Scene:
        self._since = await self._observer.written()
        return await self._scene("A new contact in Odoo", self._add_contact, shop="Ada Lovelace", writes=(1, 0))

    async def _renamed(self) -> Scene:
        return await self._scene("A name edited in Odoo", self._rename, shop="Ada King", writes=(1, 0))

    async def _employed(self) -> Scene:
        company = "Ada King · Analytical Engines"
        return await self._scene("A company edited in the shop", self._employ, odoo=company, writes=(0, 1))

    async def _both_edited(self) -> Scene:
        both = "Ada Byron · Analytical Engines · https://ada.example"
        title = "Different fields edited on both sides at once"
        return await self._scene(title, self._edit_both, odoo=both, shop=both, writes=(1, 1))

    async def _switch_on(self) -> Scene:
        report = await self._stage.switch_two_way_on()
        rules = [name for _, name in report.acts]
        kept = dedent(SYNC).splitlines()[1:]
        applied = Step(name="applied", ok=True, said="the link has a `sync` section now", facts=kept)
        installed = Step(
            name="installed",
            ok=report.right and bool(rules),
            said=f"{len(rules)} automation rules in Odoo {report.version}; it posts to us by itself now",
            facts=report.notes,
        )
        await eventually(self._window.quiet)
        return Scene(title="Switched on  shopsync apply, shopsync odoo install", steps=[applied, installed])

    async def _add_contact(self) -> None:
        self._odoo_id = await self._window.add_to_odoo("res.partner", name="Ada Lovelace", email=EMAIL)

    async def _rename(self) -> None:
        await self._window.edit_odoo("res.partner", self._odoo_id, name="Ada King")

    async def _employ(self) -> None:
        await self._window.edit_shop("customers", await self._shop_id(), company="Analytical Engines")

    async def _edit_both(self) -> None:
        await asyncio.gather(
            self._window.edit_odoo("res.partner", self._odoo_id, name="Ada Byron"),
            self._window.edit_shop("customers", await self._shop_id(), website="https://ada.example"),
        )

    async def _order(self) -> None:
        customer = await self._shop_id()
        address = await self._window.add_to_shop("addresses", id_customer=str(customer), **ADDRESS)
        await self._window.order(customer=customer, address=address, product=PRODUCT, quantity=QUANTITY)

    async def _count(self) -> None:
        """As the inventory does: a quantity is counted and then applied."""
        place = {"product_id": await self._pictures.variant(), "location_id": LOCATION}
        quant = await self._window.add_to_odoo("stock.quant", inventory_quantity=COUNTED, **place)
        await self._window.press_in_odoo("stock.quant", "action_apply_inventory", [quant])

    async def _ordered(self) -> Scene:
        """Her address and the mug are new to Odoo: what an order needs goes first, once."""
        scene = await self._scene("An order placed in the shop", self._order, look=self._pictures.order, odoo=" · ")
        sale, order = await self._pictures.sale_order(), await self._pictures.shop_order()
        step = Step(
            name="the same order",
            ok=bool(sale) and sale["partner_id"] == self._odoo_id and _same_total(sale, order),
            said=f"{(await self._pictures.partner())['name']}'s, with the same total",
            facts=await self._pictures.sale_lines(),
        )
        return Scene(title=scene.title, steps=[scene.steps[0], step, *scene.steps[1:]])

    async def _counted(self) -> Scene:
        """The order of the first act took mugs as well, and Odoo does not know it: a count must not put them back."""
        sold = await self._pictures.mugs_of(str(ORDER.data["id"]))
        told = COUNTED - sold
        counted = f"{told} mugs"
        title = "Mugs counted in Odoo"
        scene = await self._scene(title, self._count, look=self._pictures.stock, shop=counted, writes=(1, 0))
        step = Step(
            name="no sale undone",
            ok=scene.steps[0].ok,
            said=f"{COUNTED} counted, {sold} of them sold in an order that Odoo never got: the shop is told {told}",
        )
        return Scene(title=title, steps=[scene.steps[0], step, *scene.steps[1:]])

    async def _customer_counted(self) -> Scene:
        """Five edits of hers so far: three in Odoo, two in the shop."""
        shop, odoo = since(await self._observer.written(), self._since).values()
        step = Step(
            name="one write per edit",
            ok=(len(shop), len(odoo)) == (3, 2),
            said=f"3 edits in Odoo made {len(shop)} writes to the shop, 2 in the shop made {len(odoo)} to Odoo",
        )
        return Scene(title="The customer so far", steps=[step])

    async def _rest(self) -> Scene:
        stats = await self._window.ask("/api/v1/jobs/stats")
        return Scene(title="At rest", steps=[at_rest(stats["by_status"])])

    async def _scene(
        self,
        title: str,
        edit: Callable[[], Awaitable[None]],
        *,
        look: Look | None = None,
        odoo: str = "",
        shop: str = "",
        writes: tuple[int, int] | None = None,
    ) -> Scene:
        """`odoo`, `shop`: what has to be seen there. `writes`: how many the shop and Odoo have to receive."""
        return await self._observer.scene(
            title,
            edit,
            look=look or self._pictures.customer,
            seen={side: text for side, text in (("the shop", shop), ("Odoo", odoo)) if text},
            writes=None if writes is None else {"the shop": writes[0], "Odoo": writes[1]},
        )

    async def _shop_id(self) -> int:
        return int((await self._pictures.shop_customer())["id"])


def _same_total(sale: Row, order: Mapping[str, str]) -> bool:
    return money(sale["amount_total"]) == money(order["total_paid"])
