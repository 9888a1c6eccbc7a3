"""The shop module's own events: the same envelope that Odoo posts, and a hint, not a command.

`{"event_id": "…", "entity_type": "customer", "action_type": "updated", "data": {"id": 67, …}}`. Only the id is relied
on; the record is read when the event is judged. The other fields are kept for whoever looks at the delivery.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.connectors import envelope
from app.connectors.hint import Suspect
from app.entities.base import Action, EntityType, Json, Ref, Side
from app.entities.values import as_id
from app.errors import BadPayload

ENTITY_TYPES: Final = {
    str(kind): kind
    for kind in (
        EntityType.CUSTOMER,
        EntityType.ADDRESS,
        EntityType.ORDER,
        EntityType.COUPON,
        EntityType.PRODUCT,
        EntityType.VARIANT,
        EntityType.STOCK,
        EntityType.IMAGE,
        EntityType.CATEGORY,
    )
}
_OF_PRODUCT: Final = re.compile(r"[1-9]\d{0,9}/[1-9]\d{0,9}", re.ASCII)
ACTIONS: Final = {str(action): action for action in Action}


@dataclass(frozen=True, slots=True)
class ShopEvent:
    """One change that the shop announces."""

    event_id: str
    entity_type: EntityType
    action: Action
    native_id: str
    data: dict[str, Json]
    notes: tuple[str, ...]
    body_hash: str

    @property
    def ref(self) -> Ref:
        return Ref(side=Side.SHOP, entity_type=self.entity_type, native_id=self.native_id)

    @property
    def entity_key(self) -> str:
        return self.native_id

    @property
    def suspects(self) -> tuple[Suspect, ...]:
        return (Suspect(self.entity_type, self.native_id, self.action),)


def parse_shop_event(raw: bytes) -> ShopEvent:
    """Raises `BadPayload` whose message names the field, and nothing else."""
    outer = envelope.parse(raw, entity_types=ENTITY_TYPES, actions=ACTIONS, on_nul=envelope.strip_nul_from_data)
    native_id = _native_id(outer.entity_type, outer.data.get("id"))
    return ShopEvent(
        event_id=outer.event_id,
        entity_type=outer.entity_type,
        action=outer.action,
        native_id=native_id,
        data=outer.data,
        notes=outer.notes,
        body_hash=outer.body_hash,
    )


def _native_id(entity_type: EntityType, value: Json) -> str:
    """An image is named with its product, `8/24`: the webservice cannot find it without."""
    if entity_type is EntityType.IMAGE:
        if isinstance(value, str) and _OF_PRODUCT.fullmatch(value):
            return value
        raise BadPayload('data.id of an image must name its product too, like "8/24"', field="data.id")
    try:
        return str(as_id(value))
    except ValueError as error:
        raise BadPayload(f"data.id {error}", field="data.id") from error
