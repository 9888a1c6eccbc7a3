"""What a PrestaShop sells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.sandbox.prestashop import Sandbox
from tests.flows.offices.goods import Thing, Variant

TEXTS: Final = {"name": "name", "text": "description"}
PLAIN: Final = {
    "sku": "reference",
    "price": "price",
    "weight": "weight",
    "barcode": "ean13",
    "category": "id_category_default",
}
CODES: Final = {"sku": "reference", "barcode": "ean13"}


class PrestashopGoods:
    mug = "8"
    mug_sku = "demo_13"
    mug_price = "11.9"
    shirt = "1"

    def __init__(self, shop: Sandbox) -> None:
        self._shop = shop

    def add_thing(self, *, name: str, sku: str, price: str) -> str:
        names: Any = {1: name, 2: name}
        return str(self._shop.add("products", name=names, reference=sku, price=price, active="1", state="1"))

    def edit_thing(self, number: str, **values: str | bool) -> None:
        fields: dict[str, Any] = {PLAIN[name]: value for name, value in values.items() if name in PLAIN}
        fields |= {TEXTS[name]: {1: value, 2: value} for name, value in values.items() if name in TEXTS}
        if "live" in values:
            fields["active"] = "1" if values["live"] else "0"
        self._shop.edit("products", int(number), **fields)

    def remove_thing(self, number: str) -> None:
        self._shop.remove("products", int(number))

    def has_thing(self, number: str) -> bool:
        return int(number) in [row["id"] for row in self._shop.rows("products")]

    def thing(self, number: str) -> Thing:
        return _thing(self._shop.row("products", int(number)))

    def things(self) -> list[Thing]:
        return [_thing(row) for row in self._shop.rows("products")]

    def add_sized(self, *, name: str, sku: str, sizes: Mapping[str, str]) -> str:
        product = self.add_thing(name=name, sku=sku, price="20")
        known = {row["name"][1]: str(row["id"]) for row in _rows(self._shop, "product_option_values")}
        for size, code in sizes.items():
            made = self._shop.add("combinations", id_product=product, minimal_quantity="1", reference=code)
            linked = self._shop.shop.table("combinations").linked
            linked[made, "product_option_values"] = [{"id": known[size]}]
        return product

    def variants(self, product: str) -> list[Variant]:
        return [
            Variant(
                number=str(row["id"]),
                sku=str(row["reference"] or ""),
                options=self._options(int(row["id"])),
                barcode=str(row["ean13"] or ""),
                stock=self._quantity(product, str(row["id"])),
            )
            for row in _rows(self._shop, "combinations")
            if str(row["id_product"]) == product
        ]

    def edit_variant(self, number: str, **values: str) -> None:
        self._shop.edit("combinations", int(number), **{CODES[name]: value for name, value in values.items()})

    def stock(self, product: str) -> int:
        return self._quantity(product, "0")

    def set_stock(self, product: str, quantity: int) -> None:
        self._shop.edit("stock_availables", self._shelf(product, "0")["id"], quantity=str(quantity))

    def _options(self, combination: int) -> list[str]:
        linked = self._shop.shop.table("combinations").linked[combination, "product_option_values"]
        values: Any = [self._shop.row("product_option_values", int(str(each["id"]))) for each in linked]
        return sorted(str(row["name"][1]) for row in values)

    def _quantity(self, product: str, combination: str) -> int:
        return int(self._shelf(product, combination)["quantity"])

    def _shelf(self, product: str, combination: str) -> Any:
        [row] = [
            row
            for row in _rows(self._shop, "stock_availables")
            if (str(row["id_product"]), str(row["id_product_attribute"])) == (product, combination)
        ]
        return row


def _rows(shop: Sandbox, resource: str) -> list[Any]:
    return list(shop.rows(resource))


def _thing(row: Any) -> Thing:
    return Thing(
        name=str(row["name"][1]),
        sku=str(row["reference"] or ""),
        price=format(float(row["price"]), "g"),
        live=str(row["active"]) == "1",
        weight=format(float(row["weight"] or 0), "g"),
        barcode=str(row["ean13"] or ""),
        text=str((row["description"] or {}).get(1, "")),
        category=str(row["id_category_default"] or ""),
    )
