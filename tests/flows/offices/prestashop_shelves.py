"""The categories, pictures and coupons of a PrestaShop."""

from __future__ import annotations

from typing import Any, Final

from app.sandbox.prestashop import Sandbox
from tests.flows.offices.shelves import Voucher

TOP: Final = "2"
LASTS: Final = {"date_from": "2026-01-01 00:00:00", "date_to": "2036-12-31 23:59:59"}
IN_EUROS: Final = {"reduction_currency": "1", "minimum_amount_currency": "1"}


class PrestashopShelves:
    def __init__(self, shop: Sandbox) -> None:
        self._shop = shop

    def add_category(self, name: str, *, above: str = "") -> str:
        texts: Any = {1: name, 2: name}
        return str(self._shop.add("categories", name=texts, id_parent=above or TOP, active="1"))

    def edit_category(self, number: str, **values: str) -> None:
        fields: dict[str, Any] = {"id_parent": values["above"]} if "above" in values else {}
        if "name" in values:
            fields["name"] = {1: values["name"], 2: values["name"]}
        self._shop.edit("categories", int(number), **fields)

    def category_path(self, number: str) -> list[str]:
        row: Any = self._shop.row("categories", int(number))
        above = [] if str(row["id_parent"]) in ("0", "1", TOP) else self.category_path(str(row["id_parent"]))
        return [*above, str(row["name"][1])]

    def category_names(self) -> list[str]:
        rows: list[Any] = list(self._shop.rows("categories"))
        return [str(row["name"][1]) for row in rows]

    def add_picture(self, product: str, picture: bytes) -> str:
        return f"{product}/{self._shop.add_image(int(product), picture)}"

    def pictures(self, product: str) -> list[str]:
        rows = [row for row in self._shop.rows("images") if str(row["id_product"]) == product]
        return [f"{product}/{row['id']}" for row in sorted(rows, key=lambda row: row["cover"] != "1")]

    def picture(self, number: str) -> bytes:
        return self._shop.shop.pictures[int(number.split("/")[1])]

    def add_voucher(self, code: str, *, percent: str, uses: int) -> str:
        names: Any = {1: "Ten percent", 2: "Dix pour cent"}
        given = {"code": code, "reduction_percent": percent, "quantity": str(uses), "quantity_per_user": "1"}
        return str(self._shop.add("cart_rules", name=names, active="1", **given, **LASTS, **IN_EUROS))

    def edit_voucher(self, number: str, *, percent: str) -> None:
        self._shop.edit("cart_rules", int(number), reduction_percent=percent)

    def use_voucher(self, number: str) -> None:
        left = int(str(self._shop.row("cart_rules", int(number))["quantity"])) - 1
        self._shop.edit("cart_rules", int(number), quantity=str(left))

    def voucher(self, number: str) -> Voucher:
        return _voucher(self._shop.row("cart_rules", int(number)))

    def vouchers(self) -> list[Voucher]:
        return [_voucher(row) for row in self._shop.rows("cart_rules")]


def _voucher(row: Any) -> Voucher:
    return Voucher(
        code=str(row["code"]),
        percent=format(float(row["reduction_percent"]), "g"),
        uses=int(row["quantity"]),
        live=str(row["active"]) == "1",
    )
