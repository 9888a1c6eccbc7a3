"""What a product or a variation becomes when it is sent fields: prices, stock, codes. Nothing is told from here."""

import re
from datetime import datetime
from typing import Any

from .decimals import clean_price, to_decimal
from .errors import ApiError
from .lookup import rows_with
from .meta import put_meta
from .product_fields import BACKORDERS, PLAIN, STATUSES, STOCK_STATUSES, TEXTS
from .state import Json, Row, Store
from .texts import filtered

META_COUNTER = "postmeta"


def put_fields(store: Store, row: Row, body: Json) -> None:
    """The order is the shop's: codes are checked before anything is kept."""
    _check_codes(store, row, body)
    row.update({name: body[name] for name in PLAIN if name in body})
    row.update({name: filtered(str(body[name])) for name in TEXTS if name in body})
    if "dimensions" in body:
        row["dimensions"] = {**row["dimensions"], **body["dimensions"]}
    if "status" in body:
        _put_status(row, str(body["status"]))
    _put_prices(store, row, body)
    put_stock(row, body)
    put_meta(store, row, body.get("meta_data") or (), counter=META_COUNTER)


def put_stock(row: Row, body: Json) -> None:
    """Without managed stock a quantity is ignored, with it null is 0 (prod-20 … prod-25)."""
    row["manage_stock"] = body.get("manage_stock", row["manage_stock"])
    row["backorders"] = body["backorders"] if body.get("backorders") in BACKORDERS else row["backorders"]
    if row["manage_stock"] is not True:
        row["stock_quantity"] = None
        row["stock_status"] = (
            body["stock_status"] if body.get("stock_status") in STOCK_STATUSES else row["stock_status"]
        )
        return
    if "stock_quantity" in body:
        row["stock_quantity"] = int(to_decimal(body["stock_quantity"]))
    elif "inventory_delta" in body:
        row["stock_quantity"] = (row["stock_quantity"] or 0) + int(body["inventory_delta"])
    set_quantity(row, row["stock_quantity"] or 0)


def set_quantity(row: Row, quantity: int) -> None:
    row["stock_quantity"] = quantity
    backorder = "outofstock" if row["backorders"] == "no" else "onbackorder"
    row["stock_status"] = "instock" if quantity > 0 else backorder


def price_of(row: Row, now: datetime) -> str:
    """The sale price while there is one, else the regular."""
    return str(row["sale_price"] if on_sale(row, now) else row["regular_price"])


def on_sale(row: Row, now: datetime) -> bool:
    if not row["sale_price"] or to_decimal(row["sale_price"]) >= to_decimal(row["regular_price"]):
        return False
    begins, ends = row["date_on_sale_from"], row["date_on_sale_to"]
    return (begins is None or begins <= now) and (ends is None or now <= ends)


def owner_of(store: Store, column: str, code: str, *, but: int | None = None, trashed: bool = False) -> Row | None:
    """Who has this SKU or GTIN; trashed ones are another question."""
    owners = rows_with(store, column, code)
    return next((one for one in owners if one["id"] != but and (one["status"] == "trash") is trashed), None)


def _put_status(row: Row, status: str) -> None:
    """A batch does not check; what is unknown becomes a draft (batch-02)."""
    row["status"] = status if status in STATUSES else "draft"


def _put_prices(store: Store, row: Row, body: Json) -> None:
    """A sale price that is not below the regular one is dropped (prod-14)."""
    for name in ("regular_price", "sale_price"):
        if name in body:
            row[name] = clean_price(str(body[name] if body[name] is not None else ""))
    for name in ("date_on_sale_from", "date_on_sale_to"):
        _put_date(store, row, body, name)
    if row["sale_price"] and to_decimal(row["sale_price"]) >= to_decimal(row["regular_price"]):
        row["sale_price"] = ""


def _put_date(store: Store, row: Row, body: Json, name: str) -> None:
    """null leaves the date as it is (prod-16); an empty text takes it away."""
    for key, gmt in ((name, False), (f"{name}_gmt", True)):
        value: Any = body.get(key)
        if value is not None:
            row[name] = store.moment(str(value), gmt=gmt)


def _check_codes(store: Store, row: Row, body: Json) -> None:
    if "sku" in body:
        _check_sku(store, row, str(body["sku"]))
        row["sku"] = str(body["sku"])
    if "global_unique_id" in body:
        row["global_unique_id"] = _checked_gtin(store, row, str(body["global_unique_id"]))


def _check_sku(store: Store, row: Row, sku: str) -> None:
    """An SKU in the trash still stands in the lookup table, which only a create looks at (trash-05)."""
    if not sku or sku == row["sku"]:
        return
    owner = owner_of(store, "sku", sku, but=row.get("id"))
    if owner is not None:
        more = {"resource_id": owner["id"], "unique_sku": _free_sku(store, sku)}
        raise ApiError(400, "product_invalid_sku", "Invalid or duplicated SKU.", more=more)
    if "id" not in row and owner_of(store, "sku", sku, trashed=True):
        said = f"The product with SKU ({sku}) you are trying to insert is already present in the lookup table"
        raise ApiError(400, "woocommerce_rest_product_not_created", said)


def _free_sku(store: Store, sku: str) -> str:
    count = 1
    while owner_of(store, "sku", f"{sku}-{count}"):
        count += 1
    return f"{sku}-{count}"


def _checked_gtin(store: Store, row: Row, given: str) -> str:
    """Letters vanish without a word (prod-64)."""
    code = re.sub(r"[^0-9\-]", "", given)
    owner = owner_of(store, "global_unique_id", code, but=row.get("id")) if code else None
    if owner is not None:
        said = "Invalid or duplicated GTIN, UPC, EAN or ISBN."
        raise ApiError(400, "product_invalid_global_unique_id", said, more={"resource_id": owner["id"]})
    return code
