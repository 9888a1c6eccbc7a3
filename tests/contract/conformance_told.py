"""What people make there and we only read: orders, what was given back of them, guests, the books.

Each entry says how it comes about, what its record cannot hold, and what of it flows back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.connectors.woocommerce.order_places import place_id
from app.entities.base import EntityType, Json
from app.sandbox.odoo.database import Database
from app.sandbox.prestashop import Sandbox as Prestashop
from app.sandbox.prestashop.storefront import place_order as order_in_prestashop
from app.sandbox.woocommerce import Sandbox as Woocommerce
from app.sandbox.woocommerce.people import person_with
from app.sandbox.woocommerce.storefront import place_order as order_in_woocommerce
from tests.contract.conformance import Peer
from tests.contract.conformance_matrix import ODOO, PEERS, PRESTASHOP, WOOCOMMERCE

MUG, SHIRT = 10, 13
GUEST: Final = "gustav@example.test"
WAY: Final = {"method_id": "flat_rate", "method_title": "Post & Söhne", "total": "4.90"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """`make` gives the id; `touch` is somebody's later edit, which polling shows. `lacks`: fields that no record of
    this peer has, with the reason. `edits` flow back, one after the other."""

    kind: EntityType
    make: Callable[[Peer], str]
    touch: Callable[[Peer, str], None] | None = None
    lacks: Mapping[str, str] = field(default_factory=dict)
    edits: Sequence[tuple[str, Json]] = ()
    found: bool = True
    polled: bool = True


def _shop(peer: Peer) -> Woocommerce:
    assert peer.woocommerce is not None
    return peer.woocommerce


def _order_of_an_account(peer: Peer) -> str:
    shop = _shop(peer)
    jane = person_with(shop.store, "username", "jane")
    assert jane is not None
    shirt = {"product_id": SHIRT, "variation_id": shop.row("products", SHIRT)["variation_ids"][1], "quantity": 2}
    mug = {"product_id": MUG, "quantity": 3}
    return str(
        order_in_woocommerce(
            shop,
            email="jane@example.test",
            customer_id=jane["id"],
            lines=[shirt, mug],
            coupon="welcome10",
            shipping=WAY,
            status="on-hold",
        )
    )


def _order_of_a_guest(peer: Peer) -> str:
    bill = {"first_name": "Gustav", "last_name": "Gast & Söhne", "address_1": "Straße 7 <b>", "city": "Köln"}
    line = {"product_id": MUG, "quantity": 1}
    return str(order_in_woocommerce(_shop(peer), email=GUEST, lines=[line], billing=bill, status="on-hold"))


def _guest(peer: Peer) -> str:
    _order_of_a_guest(peer)
    return f"guest:{GUEST}"


def _place_of_a_guest(peer: Peer) -> str:
    order = int(_order_of_a_guest(peer))
    number = place_id(f"guest:{GUEST}", _shop(peer).row("orders", order)["billing"])
    assert number is not None
    return number


def _refund_of_lines(peer: Peer) -> str:
    shop, order = _shop(peer), int(_order_of_an_account(peer))
    line = shop.row("orders", order)["line_items"][1]
    back = {"id": line["id"], "quantity": 1, "refund_total": 11.25, "refund_tax": [{"id": 1, "refund_total": 2.14}]}
    number = shop.add(
        "refunds", parents=(order,), api_refund=False, amount="13.39", reason="Too small & <b>", line_items=[back]
    )
    return f"{order}/{number}"


def _refund_of_an_amount(peer: Peer) -> str:
    order = int(_order_of_an_account(peer))
    return f"{order}/{_shop(peer).add('refunds', parents=(order,), api_refund=False, amount='10.01')}"


def _touch_order(peer: Peer, number: str) -> None:
    _shop(peer).edit("orders", int(number), customer_note="Ring twice & again")


def _prestashop(peer: Peer) -> Prestashop:
    assert peer.prestashop is not None
    return peer.prestashop


def _order_in_prestashop(peer: Peer) -> str:
    return str(order_in_prestashop(_prestashop(peer), customer=67, address=7, product=8, quantity=2))


def _touch_in_prestashop(peer: Peer, number: str) -> None:
    _prestashop(peer).edit("orders", int(number), note="Ring twice & again")


def _odoo(peer: Peer) -> Database:
    assert peer.odoo is not None
    return peer.odoo


def _invoice(peer: Peer) -> str:
    db = _odoo(peer)
    db.add("sale.order", {"name": "S00903", "partner_id": 7, "partner_invoice_id": 12})
    values = {
        "name": "INV/2026/00901",
        "move_type": "out_invoice",
        "state": "posted",
        "payment_state": "not_paid",
        "partner_id": 12,
        "invoice_date": "2026-11-21",
        "invoice_origin": "S00903",
        "amount_untaxed": 58.0,
        "amount_total": 66.7,
        "currency_id": 126,
    }
    return str(db.add("account.move", values))


def _pay(peer: Peer, number: str) -> None:
    db = _odoo(peer)
    row = db.tables["account.move"][int(number)]
    db.tables["account.move"].pop(int(number))
    paid = db.add("account.move", {**row, "payment_state": "paid"})
    db.tables["account.move"][int(number)] = db.tables["account.move"].pop(paid)


_STATUS_ON: Final = [("status", "confirmed"), ("status", "shipped")]
_BACK: Final = [
    ("note", 'Ünïcode & 🎈 "q"'),
    ("note", None),
    ("tracking", "1Z 999/AA"),
    ("tracking", "2Z"),
]
TOLD: Final[Mapping[str, Mapping[str, Told]]] = {
    ODOO: {"invoice": Told(kind=EntityType.INVOICE, make=_invoice)},
    PRESTASHOP: {
        "order": Told(
            kind=EntityType.ORDER,
            make=_order_in_prestashop,
            touch=_touch_in_prestashop,
            edits=[*_BACK, ("status", "shipped"), ("status", "cancelled")],
        )
    },
    WOOCOMMERCE: {
        "order of an account": Told(
            kind=EntityType.ORDER,
            make=_order_of_an_account,
            touch=_touch_order,
            edits=[*_BACK, ("tracking", None), *_STATUS_ON],
        ),
        "order of a guest": Told(
            kind=EntityType.ORDER,
            make=_order_of_a_guest,
            touch=_touch_order,
            edits=[*_BACK, ("status", "cancelled")],
        ),
        "refund of lines": Told(kind=EntityType.REFUND, make=_refund_of_lines),
        "refund of an amount": Told(kind=EntityType.REFUND, make=_refund_of_an_amount),
        "guest": Told(
            kind=EntityType.CUSTOMER,
            make=_guest,
            lacks=dict.fromkeys(
                ("company", "website", "language", "active"), "as of an account (`conformance_held.py`)"
            ),
            found=False,
            polled=False,
        ),
        "place of a guest": Told(
            kind=EntityType.ADDRESS,
            make=_place_of_a_guest,
            lacks={"mobile": "as of an account's address (`conformance_held.py`)"},
            polled=False,
        ),
    },
}
"""A guest is neither looked for nor polled: he comes with his order, and an account with his address stands for him.
The places of orders come with them, too."""


def told(which: Callable[[Told], object] = bool) -> Iterator[tuple[str, str]]:
    """Peer and entry."""
    for kind, entries in TOLD.items():
        for name in PEERS[kind]:
            for label, entry in entries.items():
                if which(entry):
                    yield name, label
