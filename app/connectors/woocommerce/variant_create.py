"""New variations: what their product has to be first, and what is sent for each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.connectors.base import Write
from app.connectors.woocommerce import attributes, base_price, sku, taxed
from app.connectors.woocommerce.client import Row
from app.connectors.woocommerce.families import Family
from app.connectors.woocommerce.notes import noting
from app.connectors.woocommerce.product_record import OURS, SHOWN, VARIABLE
from app.connectors.woocommerce.variant_record import body_of
from app.entities.base import Json
from app.errors import AppError, Rejected

PARENTS_SKU = "sku was left out: its product has it, and the shop keeps each once"
NO_PRICE = "it has no price in the shop, for its product has none"


def fitting(family: Family) -> AppError | None:
    """Why a product cannot have variations of ours."""
    kind = family.parent.get("type")
    if kind in OURS:
        return None
    return Rejected(f"product {family.parent['id']} is of the type {kind}, which is the shop's own", code="not_ours")


def parent_body(
    family: Family, wanted: Sequence[Mapping[str, Json]], shared: Mapping[str, int], *, priced: bool
) -> Row | None:
    """What a product needs before it can have variations with these attributes; None: nothing.

    A simple one becomes variable: its price is noted, for the shop keeps none of a variable one, and its own stock is
    counted no more. `priced`: prices of variations are about to be set, so what they are reckoned from is noted too.
    """
    listed = attributes.listing(family.parent, wanted, shared)
    body: Row = {} if listed is None else {"attributes": listed}
    becomes = bool(wanted) and not family.is_variable
    if becomes:
        body |= {"type": VARIABLE, "manage_stock": False}
    unnoted = becomes or base_price.noted(family.parent) is None
    if unnoted and (priced or (becomes and family.base is not None)):
        body["meta_data"] = [noting(base_price.NOTE, taxed.stored(family.base or Decimal(0)))]
    return {"id": family.parent["id"], **body} if body else None


def new_body(write: Write, family: Family, listed: Sequence[Json], *, manage_stock: bool) -> Row:
    """`listed`: the attributes of its product as they are by now."""
    chosen = write.changes.get("attributes")
    body: Row = {"status": SHOWN, **body_of(write.changes)}
    if not body.get("sku") or has_parents_sku(write, family):
        body.pop("sku", None)
    body["attributes"] = attributes.of_variation(chosen if isinstance(chosen, dict) else {}, listed)
    if manage_stock and not family.parent.get("virtual") and write.changes.get("counted") is not False:
        body["manage_stock"] = True
    if family.parent.get("virtual"):
        body["virtual"] = True
    wanted = write.changes.get("price_extra")
    if wanted is not None or family.base is not None:
        extra = Decimal(str(wanted or "0"))
        body["regular_price"] = base_price.with_extra(None, family.base, extra, family.rate)
    return body


def has_parents_sku(write: Write, family: Family) -> bool:
    """The SKU that its product has is not for a variation; without one it shows that anyway."""
    wanted = write.changes.get("sku")
    return bool(wanted) and sku.plain(wanted) == sku.plain(family.parent.get("sku"))


def changed_body(write: Write, row: Row, family: Family) -> Row:
    """`row`: the variation as it is now."""
    body: Row = {"id": row["id"], **body_of(write.changes)}
    if has_parents_sku(write, family):
        body["sku"] = ""
    wanted = write.changes.get("price_extra")
    if wanted is not None and base_price.extra(row, family.base, family.rate) != wanted:
        body["regular_price"] = base_price.with_extra(row, family.base, Decimal(str(wanted)), family.rate)
    return body
