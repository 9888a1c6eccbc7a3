"""Lines of an order as requests edit them: without an id added, with one changed, with null taken away.

`[{"product_id": 27, "quantity": 2}]` adds; `[{"id": 5, "quantity": 3}]` changes the quantity and leaves the total
(ord-09); `[{"id": 5, "product_id": null}]` removes (ord-11); `[]` does nothing (ord-13).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .decimals import plain, to_decimal
from .errors import ApiError
from .lookup import PRODUCTS, rows_with, sellable
from .meta import put_meta
from .order_totals import taxed_at
from .product_view import title_of, variation_prices
from .product_writes import price_of
from .state import Json, Row, Store
from .tax_rates import INHERIT, net_of, rates_for

ITEMS, ITEM_META = "order_items", "order_itemmeta"
_NULLS = ("product_id", "method_id", "method_title", "name", "code")


@dataclass(slots=True)
class Edits:
    """What happened to lines with goods, for the stock: lines added or changed, and those taken away."""

    kept: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)


def edit_lines(store: Store, order: Row, body: Json) -> Edits:
    """Errors: 400, with the order half edited: work on a copy."""
    edits = Edits()
    kinds: Mapping[str, Callable[[Store, Row, Row, Json], None]] = {
        "line_items": _put_goods, "shipping_lines": _put_shipping, "fee_lines": _put_fee,
    }  # fmt: skip
    for name, put in kinds.items():
        for given in body.get(name) or ():
            line = _edit(store, order, name, given, put)
            if name == "line_items":
                (edits.removed if line not in order[name] else edits.kept).append(line)
    return edits


def _edit(
    store: Store, order: Row, name: str, given: Json, put: Callable[[Store, Row, Row, Json], None]
) -> Row:  # fmt: skip
    if not given.get("id"):
        line: Row = {"taxes": [], "total_tax": "0", "meta_data": []}
        put(store, order, line, given)
        line["id"] = store.next_id(ITEMS)
        order[name].append(line)
        return line
    line = next((one for one in order[name] if one["id"] == given["id"]), {})
    if not line:
        said = "Order item ID provided is not associated with order."
        raise ApiError(400, "woocommerce_rest_invalid_item_id", said)
    if any(key in given and given[key] is None for key in _NULLS) or given.get("quantity") == 0:
        order[name].remove(line)
    else:
        put(store, order, line, given)
    return line


def _put_goods(store: Store, order: Row, line: Row, given: Json) -> None:
    if "product_id" not in line:
        _start_goods(store, order, line, given)
    elif "quantity" in given:
        line["quantity"] = int(to_decimal(given["quantity"]))
    line.update({key: plain(to_decimal(given[key])) for key in ("subtotal", "total") if given.get(key) is not None})
    line.update({key: str(given[key]) for key in ("name", "tax_class") if given.get(key) is not None})
    put_meta(store, line, given.get("meta_data") or (), counter=ITEM_META)


def _start_goods(store: Store, order: Row, line: Row, given: Json) -> None:
    """What is not sold here becomes an empty line for nothing (ord-32, -33). Errors: 400 without any reference."""
    product = _product_of(store, given)
    quantity = int(to_decimal(given.get("quantity", 1)))
    line.update(product_id=0, variation_id=0, quantity=quantity, name="", tax_class="", subtotal="0", total="0",
                subtotal_tax="0")  # fmt: skip
    if product is None:
        return
    parent = store.row(PRODUCTS, product["parent_id"]) if product["type"] == "variation" else None
    line.update(product_id=product["id"], name=product.get("name", ""), tax_class=product["tax_class"])
    if parent is not None:
        line.update(product_id=parent["id"], variation_id=product["id"], name=title_of(product, parent))
        line["tax_class"] = parent["tax_class"] if product["tax_class"] == "parent" else product["tax_class"]
        options = [{"key": one["slug"], "value": one["option"]} for one in product["attributes"]]
        put_meta(store, line, options, counter=ITEM_META)
    line["subtotal"] = line["total"] = plain(net_price(store, order, product, line, quantity))


def _product_of(store: Store, given: Json) -> Row | None:
    """A variation's id counts before the product's, and the SKU where there is no id."""
    if given.get("sku"):
        alive = (row for row in rows_with(store, "sku", str(given["sku"])) if row["status"] != "trash")
        return next(alive, None)
    if not given.get("variation_id") and not given.get("product_id"):
        raise ApiError(400, "woocommerce_rest_required_product_reference", "Product ID or SKU is required.")
    return sellable(store, int(given.get("variation_id") or given["product_id"]))


def net_price(store: Store, order: Row, product: Row, line: Row, quantity: int) -> Decimal:
    """Of all pieces together, so that rounding happens once (ord-60)."""
    now = store.now()
    prices = variation_prices(store, product, now) if product["type"] == "variable" else [price_of(product, now)]
    together = to_decimal(prices[0] if prices else "") * quantity
    if not order["prices_include_tax"] or product["tax_status"] != "taxable":
        return together
    rates = rates_for(store.table("taxes"), taxed_at(order, base_country(store)), line["tax_class"])
    return net_of(together, rates)


def base_country(store: Store) -> str:
    return store.setting("general", "woocommerce_default_country").partition(":")[0]


def _put_shipping(store: Store, order: Row, line: Row, given: Json) -> None:
    fresh: Json = {"method_title": "", "method_id": "", "instance_id": "", "total": "0", "tax_status": "taxable"}
    _put_extra(store, line, given, fresh)
    line["tax_class"] = _inherited(order)


def _put_fee(store: Store, order: Row, line: Row, given: Json) -> None:
    fresh: Json = {"name": "", "tax_class": "", "tax_status": "taxable", "amount": "", "total": "0"}
    _put_extra(store, line, given, fresh)


def _put_extra(store: Store, line: Row, given: Json, fresh: Json) -> None:
    for key, default in fresh.items():
        value: Any = given[key] if given.get(key) is not None else line.get(key, default)
        line[key] = plain(to_decimal(value)) if key == "total" else str(value)
    put_meta(store, line, given.get("meta_data") or (), counter=ITEM_META)


def _inherited(order: Row) -> str:
    """Shipping is taxed as the goods are; as the standard where any of them is."""
    classes = [str(line["tax_class"]) for line in order["line_items"]]
    return "" if not classes or any(one in INHERIT for one in classes) else classes[0]
