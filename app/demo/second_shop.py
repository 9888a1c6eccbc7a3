"""The third act: a WooCommerce joins, and Odoo keeps both shops the same.

As in the second act people edit, each edit is watched until everything is at rest, and writes are counted: those that
the boutique (PrestaShop), the atelier (WooCommerce) and Odoo received.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from textwrap import dedent
from typing import Final

import httpx

from app.demo.bulk import Bulk
from app.demo.links import LINK, MODULES, SECOND
from app.demo.observer import Observer, at_rest
from app.demo.pictures import EMAIL, LOCATION, first, money
from app.demo.scene import Scene, Step
from app.demo.stage import Stage, eventually
from app.demo.store_window import StoreWindow
from app.demo.trio import ODOO, Trio
from app.demo.window import Row, Window

COUNTED: Final = 60
GUEST: Final = "grace@example.com"
BILLING: Final = {"first_name": "Grace", "last_name": "Hopper"}
SHIPPING: Final = {"method_id": "flat_rate", "method_title": "Flat rate", "total": "4.90"}
COUPON: Final = "WELCOME10"
TAX: Final = {"name": "19%", "amount": 19.0, "amount_type": "percent", "type_tax_use": "sale"}
"""What the atelier charges, and the sandbox Odoo has not at first."""
ON_HOLD: Final = 2
UNTOLD: Final = 3


class SecondShop:
    def __init__(self, stage: Stage, window: Window, client: httpx.AsyncClient) -> None:
        self._stage = stage
        self._window = window
        self._store = StoreWindow(stage, client)
        self._trio = Trio(window, self._store)
        self._observer = Observer(
            {LINK: window.shop_writes, SECOND: self._store.writes, ODOO: window.odoo_writes},
            jobs=self._jobs,
            quiet=self._quiet,
            teller=lambda job: str(job["link"]) if job["side"] == "shop" else ODOO,
        )
        self._order = 0
        self._untold = 0

    async def scenes(self) -> AsyncIterator[Scene]:
        """Each builds on the one before: the act ends with the first that did not come out right."""
        acts = (
            self._joined,
            self._listening,
            self._renamed,
            self._both_edited,
            self._ordered,
            self._counted,
            self._told_at_last,
            self._confirmed,
            self._shipped,
            self._rest,
        )
        for act in acts:
            scene = await act()
            yield scene
            if not all(step.ok for step in scene.steps):
                return

    async def _joined(self) -> Scene:
        """Its goods and what was ordered there before come first; nobody is told of that."""
        await self._stage.add_second_shop()
        await self._window.add_to_odoo("account.tax", **TAX)
        applied = Step(
            name="applied",
            ok=True,
            said=f"a second link, {SECOND}, of the same Odoo and a WooCommerce",
            facts=dedent(MODULES).splitlines(),
        )
        imported = await Bulk(self._window, self._store).imported("product", "variant", "order")
        await eventually(self._quiet)
        return Scene(title="A WooCommerce joins  shopsync apply, shopsync import", steps=[applied, *imported])

    async def _listening(self) -> Scene:
        report = await self._stage.listen_for_both()
        rules = Step(
            name="rules",
            ok=report.right and bool(report.acts),
            said=f"{len(report.acts)} more automation rules in Odoo",
            facts=[f"those of {LINK} tell of our own writes as well now: what one shop sold is news to the other"],
        )
        title = "Both sides tell of changes  shopsync odoo install, shopsync woocommerce install"
        return Scene(title=title, steps=[rules, await self._webhooks()])

    async def _webhooks(self) -> Step:
        """The worker's watch makes them too, and may be at it."""
        answer = await eventually(self._kept)
        body = {} if answer is None else answer.json()
        topics = [each["topic"] for each in body.get("webhooks", ()) if each["status"] == "active"]
        return Step(
            name="webhooks",
            ok=bool(topics) and bool(body.get("right")),
            said=f"{len(topics)} webhooks in the WooCommerce, made through its REST API",
            facts=[", ".join(topics), *body.get("notes", ())] if body else ["no answer"],
        )

    async def _kept(self) -> httpx.Response | None:
        answer = await self._window.tell(f"/api/v1/links/{SECOND}/webhooks", {})
        return None if answer.status_code == httpx.codes.CONFLICT else answer

    async def _renamed(self) -> Scene:
        partner = first(await self._window.odoo_rows("res.partner", email=EMAIL))

        async def rename() -> None:
            await self._window.edit_odoo("res.partner", int(partner["id"]), name="Ada Lovelace")

        return await self._observer.scene(
            "One name edited in Odoo arrives in both shops",
            rename,
            look=self._trio.customer,
            seen={LINK: "Ada Lovelace", SECOND: "Ada Lovelace"},
            writes={LINK: 1, SECOND: 1, ODOO: 0},
        )

    async def _both_edited(self) -> Scene:
        template, product = await self._trio.template(), await self._trio.product()

        async def edit() -> None:
            await asyncio.gather(
                self._window.edit_odoo("product.template", int(template["id"]), name="Mug & saucer"),
                self._store.edit("products", int(product["id"]), regular_price="13.50"),
            )

        return await self._observer.scene(
            f"The name edited in Odoo and the price in the {SECOND} at once",
            edit,
            look=self._trio.mug,
            seen={SECOND: "Mug & saucer · 13.50", ODOO: "Mug & saucer · 13.50"},
        )

    async def _ordered(self) -> Scene:
        """She has no account: billing address and e-mail are all there is of her."""

        async def order() -> None:
            self._order = await self._bought(ON_HOLD, status="on-hold", coupon=COUPON, shipping=SHIPPING)

        scene = await self._observer.scene(
            f"A guest's order in the {SECOND}, with a discount, shipping and tax",
            order,
            look=self._of_order,
            seen={ODOO: " · sent · "},
        )
        sale, placed = await self._trio.sale(self._order), await self._store.row("orders", id=self._order)
        same = Step(
            name="the same total",
            ok=bool(sale) and money(sale["amount_total"]) == money(placed["total"]),
            said=f"{placed['total']} {placed['currency']}, of which {money(placed['total_tax'])} tax",
            facts=await self._trio.sale_lines(self._order),
        )
        return Scene(title=scene.title, steps=[scene.steps[0], same, *scene.steps[1:]])

    async def _counted(self) -> Scene:
        """Somebody paused the shop's webhooks of orders; a count must not put back what was sold meanwhile."""

        async def sell_and_count() -> None:
            for row in await self._order_webhooks():
                await self._store.edit("webhooks", int(row["id"]), status="paused")
            self._untold = await self._bought(UNTOLD, status="processing")
            place = {"product_id": await self._trio.variant(), "location_id": LOCATION}
            quant = await self._window.add_to_odoo("stock.quant", inventory_quantity=COUNTED, **place)
            await self._window.press_in_odoo("stock.quant", "action_apply_inventory", [quant])

        waiting = await self._trio.unpaid()
        left = COUNTED - waiting - UNTOLD
        scene = await self._observer.scene(
            f"{COUNTED} mugs counted in Odoo, which does not know of a sale: its webhook was switched off",
            sell_and_count,
            look=self._trio.stock,
            seen={SECOND: f"{left} mugs"},
        )
        kept = Step(
            name="no sale undone",
            ok=not await self._trio.sale(self._untold) and scene.steps[0].ok,
            said=f"{waiting} wait for a payment, {UNTOLD} are in an order that Odoo has not: {left} are left to sell",
        )
        return Scene(title=scene.title, steps=[scene.steps[0], kept, *scene.steps[1:]])

    async def _told_at_last(self) -> Scene:
        async def wake() -> None:
            await self._webhooks()

        return await self._observer.scene(
            "The webhooks are switched on again, and what they missed is looked for",
            wake,
            look=lambda: self._trio.order(self._untold),
            seen={ODOO: " · sale · "},
        )

    async def _confirmed(self) -> Scene:
        sale = await self._trio.sale(self._order)

        async def confirm() -> None:
            await self._window.press_in_odoo("sale.order", "action_confirm", [int(sale["id"])])

        seen = {SECOND: " · processing · "}
        return await self._observer.scene("The order confirmed in Odoo", confirm, look=self._of_order, seen=seen)

    async def _shipped(self) -> Scene:
        sale = await self._trio.sale(self._order)
        picking = first(await self._window.odoo_rows("stock.picking", sale_id=sale["id"]))

        async def ship() -> None:
            await self._window.press_in_odoo("stock.picking", "button_validate", [int(picking["id"])])

        seen = {SECOND: " · completed · "}
        return await self._observer.scene("Its parcel sent off in Odoo", ship, look=self._of_order, seen=seen)

    async def _rest(self) -> Scene:
        steps = []
        for link in (LINK, SECOND):
            stats = await self._window.ask("/api/v1/jobs/stats", link=link)
            steps.append(at_rest(stats["by_status"], of=link))
        return Scene(title="At rest", steps=steps)

    async def _bought(self, quantity: int, **checkout: object) -> int:
        product = await self._trio.product()
        lines = [{"product_id": product["id"], "quantity": quantity}]
        return await self._store.order(email=GUEST, lines=lines, billing=BILLING, **checkout)

    async def _of_order(self) -> dict[str, str]:
        return dict(await self._trio.order(self._order))

    async def _order_webhooks(self) -> list[Row]:
        return [row for row in await self._store.rows("webhooks") if str(row["topic"]).startswith("order.")]

    async def _jobs(self) -> dict[int, Row]:
        return {**await self._window.jobs(LINK), **await self._window.jobs(SECOND)}

    async def _quiet(self) -> bool | None:
        """Both shops' events were taken and no job is left; None while not."""
        if not await self._window.quiet() or not await self._store.deliveries_taken():
            return None
        return await self._window.quiet()
