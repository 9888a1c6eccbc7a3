"""The categories, pictures and coupons of a WooCommerce. Nobody is told of a category there."""

from __future__ import annotations

from typing import Any

from app.sandbox.woocommerce import Sandbox
from app.sandbox.woocommerce.images import add_attachment
from app.sandbox.woocommerce.storefront import place_order
from app.sandbox.woocommerce.term_rows import CATEGORIES, TERMS
from tests.flows.offices.shelves import Voucher


class WoocommerceShelves:
    mug: str

    def __init__(self, shop: Sandbox) -> None:
        self._shop = shop

    def add_category(self, name: str, *, above: str = "") -> str:
        return str(self._shop.add("categories", name=name, parent=int(above or 0)))

    def edit_category(self, number: str, **values: str) -> None:
        fields: dict[str, Any] = {"parent": int(values["above"])} if "above" in values else {}
        if "name" in values:
            fields["name"] = values["name"]
        resource = self._shop.service.resources["categories"]
        resource.update(self._shop.asking(**fields), int(number))

    def category_path(self, number: str) -> list[str]:
        row: Any = self._shop.row(TERMS, int(number))
        above = self.category_path(str(row["parent"])) if row["parent"] else []
        return [*above, str(row["name"])]

    def category_names(self) -> list[str]:
        return [str(row["name"]) for row in self._shop.rows(TERMS) if row["taxonomy"] == CATEGORIES]

    def add_picture(self, product: str, picture: bytes) -> str:
        made = add_attachment(self._shop.store, "picture.png", picture)["id"]
        pictures = [{"id": number} for number in [*self._shop.row("products", int(product))["image_ids"], made]]
        self._shop.edit("products", int(product), images=pictures)
        return f"{product}/{made}"

    def pictures(self, product: str) -> list[str]:
        return [f"{product}/{number}" for number in self._shop.row("products", int(product))["image_ids"]]

    def picture(self, number: str) -> bytes:
        return self._shop.store.files[self._shop.row("media", int(number.split("/")[1]))["path"]].content

    def add_voucher(self, code: str, *, percent: str, uses: int) -> str:
        """It ends with the year 2036."""
        lasts: dict[str, Any] = {"date_expires": "2037-01-01T00:00:00", "usage_limit": uses}
        return str(self._shop.add("coupons", code=code, discount_type="percent", amount=percent, **lasts))

    def edit_voucher(self, number: str, *, percent: str) -> None:
        self._shop.edit("coupons", int(number), amount=percent)

    def use_voucher(self, number: str) -> None:
        """Nobody is told; a later save of the coupon says how often it was used."""
        line = {"product_id": int(self.mug), "quantity": 1}
        place_order(self._shop, email="grace@example.com", lines=[line], coupon=self.voucher(number).code)
        self._shop.edit("coupons", int(number))

    def voucher(self, number: str) -> Voucher:
        return _voucher(self._shop.row("coupons", int(number)))

    def vouchers(self) -> list[Voucher]:
        return [_voucher(row) for row in self._shop.rows("coupons")]


def _voucher(row: Any) -> Voucher:
    limit = row["usage_limit"]
    return Voucher(
        code=row["code"],
        percent=format(float(row["amount"]), "g"),
        uses=None if limit is None else limit - row["usage_count"],
        live=row["status"] == "publish",
    )
