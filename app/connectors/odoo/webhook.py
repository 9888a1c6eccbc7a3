"""Odoo's own webhook body, and a short form of the same: hints that name a record, nothing more. Pure.

`{"_action": "Send Webhook Notification(#481)", "_id": 25, "_model": "res.partner", "id": 25, "parent_id": false}` is
what the action "Send Webhook Notification" posts (17.0, 19.0): model, id and the fields ticked in the action. It has
no event id and does not say what happened; 17 sends it before the commit, also for a transaction that then rolls back
and again for each one that is repeated, so nothing in it is believed but model and ids. `_action` is no better: 17
renames the actions that belong to a rule.

`{"module": "sales", "entity_type": "order", "odoo_id": 7, "action": "updated"}` is for whoever can choose the body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from app.connectors.envelope import short
from app.connectors.hint import Suspect
from app.entities.base import Action, EntityType, Json
from app.entities.values import as_id
from app.errors import BadPayload

CUSTOMER_DOCUMENTS: Final = frozenset({"out_invoice", "out_refund"})
CHILD_ADDRESSES: Final = ("invoice", "delivery", "other")


@dataclass(frozen=True, slots=True)
class Meaning:
    """An entity type that a model's record may be, and the field of the body that holds its id, or the ids of several.

    `needed`: without that field the body says nothing; otherwise the entity type is left out.
    """

    entity_type: EntityType
    id_field: str = "_id"
    needed: bool = True


MEANINGS: Final[Mapping[str, tuple[Meaning, ...]]] = {
    "res.partner": (Meaning(EntityType.CUSTOMER), Meaning(EntityType.ADDRESS)),
    "product.category": (Meaning(EntityType.CATEGORY),),
    "product.template": (Meaning(EntityType.PRODUCT), Meaning(EntityType.IMAGE)),
    # The only variant of a product carries its SKU and barcode.
    "product.product": (
        Meaning(EntityType.VARIANT),
        Meaning(EntityType.PRODUCT, "product_tmpl_id", needed=False),
    ),
    "product.template.attribute.value": (Meaning(EntityType.VARIANT, "ptav_product_variant_ids"),),
    "stock.quant": (Meaning(EntityType.STOCK, "product_id"),),
    "sale.order": (Meaning(EntityType.ORDER),),
    "stock.picking": (Meaning(EntityType.ORDER, "sale_id"),),
    "account.move": (Meaning(EntityType.INVOICE),),
    "loyalty.program": (Meaning(EntityType.COUPON),),
    "loyalty.rule": (Meaning(EntityType.COUPON, "program_id"),),
    "loyalty.reward": (Meaning(EntityType.COUPON, "program_id"),),
    "crm.lead": (Meaning(EntityType.LEAD),),
}


@dataclass(frozen=True, slots=True)
class OdooHint:
    """`model` of Odoo's own body, `module` of the short form. No suspects: the change concerns no shop, see `notes`."""

    suspects: tuple[Suspect, ...]
    model: str | None = None
    module: str | None = None
    notes: tuple[str, ...] = ()


def parse_hint(raw: bytes, *, action: str | None = None, entity_type: str | None = None) -> OdooHint | None:
    """None for a body of another form. Raises `BadPayload` for a hint that names no record, and nothing else.

    `action` and `entity_type` come from the address: what Odoo's body cannot say (`?action=deleted`), and which of
    several entity types is meant.
    """
    if b'"_model"' not in raw and b'"odoo_id"' not in raw:
        return None
    body = _object(raw)
    if body is None or "event_id" in body:
        return None
    if "_model" in body:
        return _native(body, action=_action(action), only=None if entity_type is None else _entity_type(entity_type))
    return _short_form(body) if "odoo_id" in body else None


def _object(raw: bytes) -> dict[str, Json] | None:
    """None where the other form's reader has the words for what is wrong."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def _native(body: Mapping[str, Json], *, action: Action, only: EntityType | None) -> OdooHint:
    model = body["_model"]
    if not isinstance(model, str) or model not in MEANINGS:
        known = ", ".join(MEANINGS)
        raise BadPayload(f'_model "{short(model)}" is of no use here; rules belong on: {known}', field="_model")
    meanings = [meaning for meaning in MEANINGS[model] if only is None or meaning.entity_type is only]
    if not meanings:
        raise BadPayload(f"a {model} is no {only}", field="entity_type")
    if note := _of_no_shop(model, body):
        return OdooHint(suspects=(), model=model, notes=(note,))
    suspects = tuple(
        suspect
        for meaning in meanings
        if _is_meant(meaning, body, only)
        for suspect in _suspects(model, meaning, body, action)
    )
    notes = () if suspects else (f"this {model} belongs to no record of a shop",)
    return OdooHint(suspects=suspects, model=model, notes=notes)


def _of_no_shop(model: str, body: Mapping[str, Json]) -> str | None:
    """Payments are moves too, and their posts come with every paid invoice (17.0)."""
    kind = body.get("move_type")
    if model == "account.move" and isinstance(kind, str) and kind not in CUSTOMER_DOCUMENTS:
        return "a move that is no customer's invoice or credit note"
    return None


def _is_meant(meaning: Meaning, body: Mapping[str, Json], only: EntityType | None) -> bool:
    """A contact is an address if it is another's child of one of three types, else it may be a customer.

    Where the body does not say, both are meant: the reading of the record tells which of them there is.
    """
    if only is not None:
        return True
    if meaning.entity_type is EntityType.CUSTOMER:
        return not (body.get("parent_id") and body.get("type") in CHILD_ADDRESSES)
    if meaning.entity_type is EntityType.ADDRESS:
        return bool(body.get("parent_id", True))
    if meaning.entity_type is EntityType.IMAGE:
        return any(name.startswith("image_") for name in body)
    return True


def _suspects(model: str, meaning: Meaning, body: Mapping[str, Json], action: Action) -> list[Suspect]:
    name = meaning.id_field
    if name not in body and not meaning.needed:
        return []
    if name not in body:
        said = "is missing" if name == "_id" else f"is missing: tick it in the fields of the webhook action on {model}"
        raise BadPayload(f"{name} {said}", field=name)
    if name == "_id":
        return [Suspect(meaning.entity_type, _id(name, body[name]), action)]
    # What happened to a record that only points to ours happened not to ours.
    return [Suspect(meaning.entity_type, _id(name, each), Action.UPDATED) for each in _named(body[name])]


def _named(value: Json) -> list[Json]:
    """Odoo's body has a many2one as its bare id or false, and several records as the list of their ids."""
    if value is False:
        return []
    return value if isinstance(value, list) else [value]


def _short_form(body: Mapping[str, Json]) -> OdooHint:
    module = body.get("module")
    if module is not None and not isinstance(module, str):
        raise BadPayload("module must be text", field="module")
    suspect = Suspect(
        _entity_type(body.get("entity_type")), _id("odoo_id", body["odoo_id"]), _action(body.get("action"))
    )
    return OdooHint(suspects=(suspect,), module=module)


def _id(name: str, value: Json) -> str:
    try:
        return str(as_id(value))
    except ValueError as error:
        raise BadPayload(f"{name} {error}", field=name) from error


def _action(value: Json) -> Action:
    if value is None:
        return Action.UPDATED
    try:
        return Action(str(value))
    except ValueError:
        known = ", ".join(Action)
        raise BadPayload(f'action "{short(value)}" is not known; one of: {known}', field="action") from None


def _entity_type(value: Json) -> EntityType:
    try:
        return EntityType(str(value))
    except ValueError:
        known = ", ".join(EntityType)
        raise BadPayload(f'entity_type "{short(value)}" is not known; one of: {known}', field="entity_type") from None
