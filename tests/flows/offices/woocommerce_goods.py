"""What a WooCommerce sells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.sandbox.woocommerce import Sandbox
from tests.flows.offices.goods import Thing, Variant

FIELDS: Final = {
    "name": "name",
    "sku": "sku",
    "price": "regular_price",
    "weight": "weight",
    "barcode": "global_unique_id",
    "text": "description",
}
CODES: Final = {"sku": "sku", "barcode": "global_unique_id"}


class WoocommerceGoods:
    mug_sku = "MUG"
    mug_price = "11.9"

    def __init__(self, shop: Sandbox) -> None:
        self._shop = shop
        self.mug = self.add_thing(name="Mug", sku=self.mug_sku, price=self.mug_price)
        [self.shirt] = [str(row["id"]) for row in shop.rows("products") if row["sku"] == "SHIRT"]

    def add_thing(self, *, name: str, sku: str, price: str) -> str:
        return str(self._shop.add("products", name=name, sku=sku, regular_price=price))

    def edit_thing(self, number: str, **values: str | bool) -> None:
        fields: dict[str, Any] = {FIELDS[name]: value for name, value in values.items() if name in FIELDS}
        if "category" in values:
            fields["categories"] = [{"id": int(values["category"])}]
        if "live" in values:
            fields["status"] = "publish" if values["live"] else "draft"
        self._shop.edit("products", int(number), **fields)

    def remove_thing(self, number: str) -> None:
        self._shop.remove("products", int(number))

    def has_thing(self, number: str) -> bool:
        rows: list[Any] = self._shop.rows("products")
        return number in [str(row["id"]) for row in rows if row["status"] != "trash"]

    def thing(self, number: str) -> Thing:
        return _thing(self._shop.row("products", int(number)))

    def things(self) -> list[Thing]:
        return [_thing(row) for row in self._shop.rows("products")]

    def add_sized(self, *, name: str, sku: str, sizes: Mapping[str, str]) -> str:
        attribute = {"name": "Size", "visible": True, "variation": True, "options": ["S", "M"]}
        product = self._shop.add("products", name=name, sku=sku, type="variable", attributes=[attribute])
        for size, code in sizes.items():
            chosen = [{"name": "Size", "option": size}]
            self._shop.add("variations", parents=(product,), sku=code, regular_price="20", attributes=chosen)
        return str(product)

    def variants(self, product: str) -> list[Variant]:
        rows: list[Any] = self._shop.rows("variations")
        return [
            Variant(
                number=f"{product}/{row['id']}",
                sku=row["sku"],
                options=sorted(str(one["option"]) for one in row["attributes"]),
                barcode=row["global_unique_id"],
                stock=int(row["stock_quantity"] or 0),
            )
            for row in rows
            if str(row["parent_id"]) == product and row["status"] != "trash"
        ]

    def edit_variant(self, number: str, **values: str) -> None:
        fields = {CODES[name]: value for name, value in values.items()}
        self._shop.edit("variations", int(number.split("/")[1]), **fields)

    def stock(self, product: str) -> int:
        return int(self._shop.row("products", int(product))["stock_quantity"] or 0)

    def set_stock(self, product: str, quantity: int) -> None:
        self._shop.edit("products", int(product), manage_stock=True, stock_quantity=quantity)


def _thing(row: Any) -> Thing:
    return Thing(
        name=row["name"],
        sku=row["sku"],
        price=_plain(row["regular_price"]),
        live=row["status"] == "publish",
        weight=_plain(row["weight"] or "0"),
        barcode=row["global_unique_id"],
        text=row["description"],
        category=str(next(iter(row["category_ids"]), "")),
    )


def _plain(amount: str) -> str:
    return format(float(amount), "g") if amount else ""
