"""The order: the shop's by its reference, one made from Odoo by Odoo's own reference until it has an id.

An existing order takes a state, a tracking number, a private note and messages; what was bought is never
rewritten.
"""

from __future__ import annotations

from app.entities.base import EntityType, Json, NaturalKey, State

REQUIRED = ("id_address_delivery", "lines", "total_paid")
"""For a new one; carrier, payment and module have defaults per link (`PrestashopOptions`)."""
OWNER = ("id_customer", "customer_email")
"""One of these is needed for a new order."""
HANDLING = frozenset({"current_state", "tracking_number", "note", "message", "message_private"})
"""What can be changed on an order that exists."""


MESSAGE_PREFIX = "message:"
"""A message on an order is one entry of its state, under a name of its own."""


def is_handling(name: str) -> bool:
    """Whether this field of an order that exists can be changed."""
    return name in HANDLING or name.startswith(MESSAGE_PREFIX)


def reference_key(reference: str) -> NaturalKey:
    return NaturalKey(entity_type=EntityType.ORDER, name="reference", value=reference.strip().lower())


def natural_key(fields: State) -> NaturalKey | None:
    """For an update: PrestaShop's order reference ("XKBKNABJK")."""
    reference = fields.get("reference")
    return reference_key(reference) if isinstance(reference, str) else None


def creation_key(fields: State, event_id: str) -> NaturalKey:
    """For a new order: Odoo's reference ("S00042") if the sender gives it, else the event itself.

    No shop can be asked for it; it keeps two events about one order from being worked on at once.
    """
    given = fields.get("odoo_reference")
    if isinstance(given, str):
        return NaturalKey(entity_type=EntityType.ORDER, name="odoo_reference", value=given.lower())
    return NaturalKey(entity_type=EntityType.ORDER, name="event_id", value=event_id)


def merge(earlier: State, later: State) -> dict[str, Json] | None:
    """Two messages are two, and an order made twice is the first one; neither becomes the later.

    `message_private` speaks of the message beside it and of no other.
    """
    if any(name in earlier and name in later for name in ("message", "lines")):
        return None
    return {**_without_stray_privacy(earlier), **_without_stray_privacy(later)}


def _without_stray_privacy(patch: State) -> State:
    if "message" in patch:
        return patch
    return {name: value for name, value in patch.items() if name != "message_private"}
