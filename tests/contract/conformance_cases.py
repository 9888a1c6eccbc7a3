"""With which values the conformance suite asks each entity type, and what a peer holds otherwise, with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pytest

from app.entities.base import EntityType, Json, Record
from tests.contract.conformance import MADE, ODOO, PEERS, SHOP, Peer, open_peer

RED, BLUE = b"\x89PNG\r\n\x1a\nred", b"\x89PNG\r\n\x1a\nblue"


def sha1(content: bytes) -> str:
    return f"sha1:{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"


PICTURES: Final[Mapping[Json, bytes]] = {sha1(RED): RED, sha1(BLUE): BLUE}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A new record, and edits of one field each; an edit comes after those before it."""

    new: Record
    edits: Sequence[tuple[str, Json]]


CASES: Final[Mapping[EntityType, Case]] = {
    EntityType.CUSTOMER: Case(
        new={
            "email": "jean.o'brien+shop@exämple.test",
            "name": "Jean-Luc O'Brien",
            "company": "Brien & Söhne",
            "website": "https://brien.test/a?b=1",
            "language": "fr",
            "active": True,
        },
        edits=[
            ("email", "new_one%40@x.test"),
            ("name", "李 小龙"),
            ("name", "Cher"),
            ("name", "Anna Maria de la Cruz"),
            ("company", "Ünïcode 🚲 «& Co»"),
            ("company", None),
            ("website", "brien.test"),
            ("website", "http://brien.test/x"),
            ("website", None),
            ("language", "en"),
            ("active", False),
            ("active", True),
        ],
    ),
    EntityType.ADDRESS: Case(
        new={
            "customer": MADE,
            "name": "Ada Byron",
            "company": "Engines & Sons",
            "street": "12, Rue de l'Église",
            "street2": "Bât. B",
            "postcode": "75001",
            "city": "Saint-Étienne",
            "state": None,
            "country": "FR",
            "phone": "+33 (0)1.02-03/04",
            "mobile": "0601020304",
            "label": "Home",
        },
        edits=[
            ("name", "Zoë Byron"),
            ("company", None),
            ("street", "1 Main Street"),
            ("street2", None),
            ("postcode", None),
            ("postcode", "94105"),
            ("city", "São Paulo"),
            ("country", "US"),
            ("state", "CA"),
            ("state", None),
            ("phone", None),
            ("mobile", None),
            ("label", "Work & more"),
        ],
    ),
    EntityType.CATEGORY: Case(
        new={"name": "Été & Hiver", "parent": MADE, "active": True},
        edits=[("name", "Bücher 📚"), ("parent", None), ("active", False), ("active", True)],
    ),
    EntityType.PRODUCT: Case(
        new={
            "name": "Mug «Déjà vu» & co",
            "sku": "MUG-1 50%|[A],'x'",
            "barcode": "4006381333931",
            "price": "12.5",
            "active": True,
            "description": "Holds < 1 litre & more\nsecond line\n\nnew paragraph 🍵",
            "weight": "0.25",
            "category": MADE,
            "type": "goods",
        },
        edits=[
            ("name", "Tasse"),
            ("sku", None),
            ("sku", "mug_2\\"),
            ("barcode", None),
            ("price", "0"),
            ("price", "1234567.89"),
            ("price", "16.666667"),
            ("description", None),
            ("description", 'a <b>bold</b> "word"'),
            ("weight", "0"),
            ("weight", "0.345"),
            ("category", None),
            ("type", "service"),
            ("active", False),
            ("active", True),
        ],
    ),
    EntityType.VARIANT: Case(
        new={
            "product": MADE,
            "attributes": {"Größe": "M & L", "Colour": "Red"},
            "sku": "TS-M",
            "barcode": "4006381333931",
            "price_extra": "1.5",
            "active": True,
        },
        edits=[
            ("sku", None),
            ("sku", "ts+m/1"),
            ("barcode", None),
            ("price_extra", "-2.25"),
            ("price_extra", "0"),
            ("price_extra", "0.416667"),
            ("active", False),
            ("active", True),
        ],
    ),
    EntityType.STOCK: Case(
        new={"product": MADE, "variant": None, "quantity": "12"},
        edits=[("quantity", "0"), ("quantity", "100000"), ("quantity", "3")],
    ),
    EntityType.IMAGE: Case(
        new={"product": MADE, "content": sha1(RED), "cover": True}, edits=[("content", sha1(BLUE)), ("cover", True)]
    ),
    EntityType.COUPON: Case(
        new={
            "code": "Été-10%_|x",
            "name": "Ten off & more",
            "percent": "10",
            "amount": None,
            "currency": "EUR",
            "minimum": "50",
            "valid_from": "2026-03-28T23:00:00+00:00",
            "valid_until": "2026-10-25T22:59:59+00:00",
            "uses": 5,
            "active": True,
        },
        edits=[
            ("code", "SUMMER"),
            ("name", "Dix de moins 🎉"),
            ("percent", "12.5"),
            ("minimum", None),
            ("minimum", "19.99"),
            ("valid_from", None),
            ("valid_from", "2026-03-29T01:00:00+00:00"),
            ("valid_from", "2026-10-25T00:30:00+00:00"),
            ("valid_from", "2026-10-25T01:30:00+00:00"),
            ("valid_until", None),
            ("valid_until", "2026-12-31T22:59:59+00:00"),
            ("uses", None),
            ("uses", 1),
            ("uses", 0),
            ("active", False),
            ("active", True),
        ],
    ),
    EntityType.LEAD: Case(
        new={
            "name": "A question & more",
            "contact_name": "Zoë",
            "email": "zoë@x.test",
            "phone": "+33 1 02",
            "company": "Söhne",
            "description": "First line\n  two blanks <b>\n\nend 🎈",
            "active": True,
        },
        edits=[
            ("name", "Another"),
            ("contact_name", None),
            ("email", "new@x.test"),
            ("phone", None),
            ("company", None),
            ("description", None),
            ("active", False),
            ("active", True),
        ],
    ),
}

NOT_HELD: Final[Mapping[tuple[str, EntityType, str], str]] = {
    (ODOO, EntityType.ADDRESS, "label"): "Odoo has no name for an address besides who lives there",
    ("odoo 19", EntityType.ADDRESS, "mobile"): "19 has no mobile number",
    (ODOO, EntityType.CATEGORY, "active"): "categories of products cannot be archived in Odoo",
    (SHOP, EntityType.VARIANT, "active"): "the shop cannot switch a combination off",
}
"""Fields that no record of this peer has."""

_CENTS = "Odoo rounds to the decimal accuracy of the field, two places unless an operator raised it"
_DAYS = "Odoo keeps days, from the start of the first to the end of the last"
_SCHEME = "http:// goes without saying, for Odoo puts it there itself"
HELD_OTHERWISE: Final[Mapping[tuple[str, EntityType, str, Json], tuple[Json, str]]] = {
    (ODOO, EntityType.CUSTOMER, "website", "http://brien.test/x"): ("brien.test/x", _SCHEME),
    (SHOP, EntityType.CUSTOMER, "website", "http://brien.test/x"): ("brien.test/x", _SCHEME),
    (ODOO, EntityType.PRODUCT, "price", "16.666667"): ("16.67", _CENTS),
    (ODOO, EntityType.PRODUCT, "weight", "0.345"): ("0.35", _CENTS),
    (ODOO, EntityType.VARIANT, "price_extra", "0.416667"): ("0.42", _CENTS),
    (ODOO, EntityType.COUPON, "valid_from", "2026-03-28T23:00:00+00:00"): ("2026-03-29T00:00:00+00:00", _DAYS),
    (ODOO, EntityType.COUPON, "valid_from", "2026-03-29T01:00:00+00:00"): ("2026-03-29T00:00:00+00:00", _DAYS),
    (ODOO, EntityType.COUPON, "valid_from", "2026-10-25T00:30:00+00:00"): ("2026-10-25T00:00:00+00:00", _DAYS),
    (ODOO, EntityType.COUPON, "valid_from", "2026-10-25T01:30:00+00:00"): ("2026-10-25T00:00:00+00:00", _DAYS),
    (SHOP, EntityType.COUPON, "valid_from", "2026-10-25T01:30:00+00:00"): (
        "2026-10-25T00:30:00+00:00",
        "the shop's clock shows this hour twice and does not say which one is meant: the first",
    ),
    (ODOO, EntityType.COUPON, "valid_until", "2026-10-25T22:59:59+00:00"): ("2026-10-25T23:59:59+00:00", _DAYS),
    (ODOO, EntityType.COUPON, "valid_until", "2026-12-31T22:59:59+00:00"): ("2026-12-31T23:59:59+00:00", _DAYS),
    (ODOO, EntityType.COUPON, "uses", 0): (1, "a limit in Odoo is of one use at least"),
}
"""What a peer makes of one value, and why."""

NEVER_AS_SENT: Final[Mapping[tuple[str, EntityType, str], str]] = {
    (SHOP, EntityType.IMAGE, "content"): "the shop draws every picture anew (recordings 630, 634)",
}
"""Fields that come back changed whatever was written: neither compared, nor without difference to what was wanted."""

CELLS = [
    pytest.param(name, kind, id=f"{kind}-{name}")
    for name in PEERS
    for kind in CASES
    if not (kind is EntityType.LEAD and name.startswith(SHOP))
]
EVERY_PORT = pytest.mark.parametrize(("name", "kind"), CELLS)


async def made(name: str, kind: EntityType) -> tuple[Peer, str, Record]:
    """A peer with a new record, the record's id, and the fields that were wanted."""
    peer = open_peer(name)
    wanted = await peer.with_parents(kind, CASES[kind].new)
    written = await peer.new(kind, wanted, content=PICTURES.get(wanted.get("content")))
    return peer, written.ref.native_id, wanted


def held(name: str, kind: EntityType, wanted: Record) -> Record:
    """The fields as this peer holds them."""
    family = name.split()[0]
    lost = {field for one, other, field in NOT_HELD if other is kind and one in (family, name)}
    shown: dict[str, Json] = {}
    for field, value in wanted.items():
        if field in lost or field in redrawn(name, kind):
            continue
        found = [HELD_OTHERWISE.get((one, kind, field, as_text(value))) for one in (family, name)]
        shown[field] = next((each[0] for each in found if each), value)
    return shown


def redrawn(name: str, kind: EntityType) -> set[str]:
    family = name.split()[0]
    return {field for one, other, field in NEVER_AS_SENT if other is kind and one == family}


def as_text(value: Json) -> Json:
    return value if isinstance(value, str | bool | int | None) else str(value)
