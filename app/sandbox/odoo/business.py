"""Puts the models' own rules together, once, before the first call."""

from __future__ import annotations

from app.sandbox.odoo import (
    computed,
    computed_fields,
    external_ids,
    images,
    loyalty,
    orders,
    partners,
    products,
    server_actions,
    stock,
)
from app.sandbox.odoo.behaviour import BEHAVIOURS, INVERSES, Behaviour
from app.sandbox.odoo.invoices import of_context

BEHAVING = (external_ids, images, loyalty, orders, partners, products, server_actions, stock)
INVERTING = (partners, products, stock)


def install() -> None:
    for part in BEHAVING:
        BEHAVIOURS.update(part.BEHAVIOURS)
    BEHAVIOURS["account.payment.register"] = Behaviour(prepare=of_context)
    for other in INVERTING:
        INVERSES.update(other.INVERSES)
    computed.COMPUTED.update(computed_fields.COMPUTED)
