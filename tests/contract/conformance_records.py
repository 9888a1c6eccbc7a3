"""With which values the conformance suite asks each entity type: a new record, and edits of one field each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.entities.base import EntityType, Json, Record
from tests.contract.conformance import MADE

RED, BLUE = b"\x89PNG\r\n\x1a\nred", b"\x89PNG\r\n\x1a\nblue"


def sha1(content: bytes) -> str:
    return f"sha1:{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"


PICTURES: Final[Mapping[Json, bytes]] = {sha1(RED): RED, sha1(BLUE): BLUE}
BOUGHT: Final[Mapping[str, Json]] = {
    "product": None,
    "variant": None,
    "sku": None,
    "name": "Mug",
    "quantity": "2",
    "price": "18.5",
    "tax_rate": "20",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A new record, and edits of one field each; an edit comes after those before it."""

    new: Record
    edits: Sequence[tuple[str, Json]]


CASES: Final[Mapping[EntityType, Case]] = {
    EntityType.CUSTOMER: Case(
        new={
            "email": "jean.o'brien+shop@example.test",
            "name": "Jean-Luc O'Brien",
            "company": "Brien & Söhne",
            "website": "https://brien.test/a?b=1",
            "language": "fr",
            "active": True,
        },
        edits=[
            ("email", "new_one%40@x.test"),
            ("email", "zoë@exämple.test"),
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
            "valid_from": "2024-03-30T23:00:00+00:00",
            "valid_until": "2024-10-27T22:59:59+00:00",
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
            ("valid_from", "2024-03-31T01:00:00+00:00"),
            ("valid_from", "2024-10-27T00:30:00+00:00"),
            ("valid_from", "2024-10-27T01:30:00+00:00"),
            ("valid_until", None),
            ("valid_until", "2025-03-30T00:59:59+00:00"),
            ("valid_until", "2025-10-25T23:59:59+00:00"),
            ("valid_until", "2025-10-26T00:59:59+00:00"),
            ("valid_until", "2026-12-31T22:59:59+00:00"),
            ("uses", None),
            ("uses", 1),
            ("uses", 0),
            ("active", False),
            ("active", True),
        ],
    ),
    EntityType.ORDER: Case(
        new={
            "reference": "XKBK & 'n'-1",
            "customer": MADE,
            "invoice_address": MADE,
            "delivery_address": MADE,
            "date": "2024-10-27T00:30:00+00:00",
            "currency": "EUR",
            "status": "sent",
            "lines": [
                {**BOUGHT, "product": MADE, "name": "Tasse «Déjà vu» & co 🍵"},
                {**BOUGHT, "product": MADE, "quantity": "1", "price": "0", "name": "A present"},
            ],
            "shipping": {"name": "Post & Söhne", "price": "5", "tax_rate": "20"},
            "discounts": [{"name": "WELCOME", "amount": "2", "tax_rate": "20"}],
            "total": "48",
            "total_untaxed": "40",
            "tracking": None,
            "note": "Ring twice <b>\n\nplease & thank you 🎈",
        },
        edits=[
            ("note", None),
            ("note", "Ünïcode"),
            ("reference", "XKBK-2"),
            ("status", "confirmed"),
            ("tracking", "1Z 999/AA & 10"),
            ("tracking", None),
            ("status", "cancelled"),
        ],
    ),
    EntityType.REFUND: Case(
        new={
            "order": MADE,
            "customer": MADE,
            "reference": "1001-71 & 'n'",
            "date": "2026-11-21",
            "currency": "EUR",
            "lines": [{**BOUGHT, "product": MADE, "quantity": "1", "name": "Tasse & co"}],
            "shipping": {"name": "Post", "price": "5", "tax_rate": "20"},
            "total": "28.2",
            "total_untaxed": "23.5",
            "reason": "Too small <b>\n\nsorry & thank you 🎈",
        },
        edits=[],
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
