"""The address: belongs to a customer and is told apart from their others by its alias ("Home").

The owner is named by the shop's id (`id_customer`) or, by a sender that does not know it, by e-mail
(`customer_email`). First name, last name and country are supplied by the customer and the link if not given.
"""

from __future__ import annotations

from app.entities.base import EntityType, Json, NaturalKey, State

REQUIRED = ("alias", "address1", "city")
OWNER = ("id_customer", "customer_email")
"""One of these is needed for a new address."""
PLACE = ("id_country", "id_state")
"""A state means something only within its country, and goes when the country changes."""
UNSET_COUNTRY = "no country given: a new address gets the link's default country"


def alias_key(owner: int | str, alias: str) -> NaturalKey:
    """`owner` is a customer's id or e-mail; neither holds a blank, so the value can be taken apart again."""
    name = "id_customer+alias" if isinstance(owner, int) else "customer_email+alias"
    value = f"{str(owner).lower()} {alias.strip().lower()}"
    return NaturalKey(entity_type=EntityType.ADDRESS, name=name, value=value)


def owner_and_alias(key: NaturalKey) -> tuple[int | str, str]:
    """What `alias_key` was made of: `(67, "home")` or `("john@example.com", "home")`."""
    owner, _, alias = key.value.partition(" ")
    return (int(owner) if key.name == "id_customer+alias" else owner), alias


def natural_key(fields: State) -> NaturalKey | None:
    alias = fields.get("alias")
    owner = fields.get("id_customer") or fields.get("customer_email")
    if isinstance(alias, str) and isinstance(owner, int | str):
        return alias_key(owner, alias)
    return None


def merge(earlier: State, later: State) -> dict[str, Json] | None:
    """The owner is named in one way only. A place is one value: unless the later says all of it, both are applied.

    "CA" was California; if Italy comes after it in another event, it is not Cagliari.
    """
    was, now = ({name: patch[name] for name in PLACE if name in patch} for patch in (earlier, later))
    if was and now and was != now and len(now) < len(PLACE):
        return None
    kept = earlier
    if any(name in later for name in OWNER):
        kept = {name: value for name, value in earlier.items() if name not in OWNER}
    return {**kept, **later}
