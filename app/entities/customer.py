"""The customer: a person's account in the shop, the same person by e-mail address.

PrestaShop compares addresses without case, and lets several guests share one (recordings 113, 879-881).
"""

from __future__ import annotations

from app.entities.base import EntityType, NaturalKey, State

REQUIRED = ("email", "firstname", "lastname")
"""What a shop needs for a new one and nobody else can supply; none of it can be emptied later."""


def email_key(email: str) -> NaturalKey:
    return NaturalKey(entity_type=EntityType.CUSTOMER, name="email", value=email.strip().lower())


def natural_key(fields: State) -> NaturalKey | None:
    email = fields.get("email")
    return email_key(email) if isinstance(email, str) else None
