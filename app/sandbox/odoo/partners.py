"""Contacts: a contact of a company lives at its address, delivery and invoice addresses have their own."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.odoo.behaviour import Behaviour, Inverse
from app.sandbox.odoo.call import Call
from app.sandbox.odoo.computed import target_of
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.images import with_image
from app.sandbox.odoo.records import store

ADDRESS = ("street", "street2", "zip", "city", "state_id", "country_id")


def _take_the_parents_address(call: Call, row: Row) -> None:
    """What was given at the create is dropped without a word (recorded: jsonrpc_create_contact_child_own_address)."""
    parent = target_of(call.db, "res.partner", row, "parent_id")
    if parent is None or row["type"] != "contact" or not any(parent[name] for name in ADDRESS):
        return
    row.update({name: parent[name] for name in ADDRESS})


def _hand_down(call: Call, row: Row, values: Row) -> None:
    """A changed address reaches the contacts (recorded: jsonrpc_parent_address_propagates_to_contact)."""
    if "parent_id" in values or values.get("type") == "contact":
        _take_the_parents_address(call, row)
    changed = {name: row[name] for name in ADDRESS if name in values}
    if not changed:
        return
    for child in list(call.table.values()):
        if child["parent_id"] == row["id"] and child["type"] == "contact":
            store(call, child, dict(changed))


def _set_company_type(call: Call, row: Row, value: object) -> None:
    row["is_company"] = value == "company"


def _clean_website(row: Row) -> None:
    """By Odoo's source (`_clean_website`, 17.0 and 19.0), not recorded: a page without a scheme gets one."""
    website = str(row["website"] or "")
    if website and "://" not in website:
        row["website"] = f"http://{website}"


def _created(call: Call, row: Row) -> None:
    _clean_website(row)
    _take_the_parents_address(call, row)
    with_image(call, row, row)


def _written(call: Call, row: Row, values: Row) -> None:
    _hand_down(call, row, values)
    _clean_website(row)
    with_image(call, row, values)


BEHAVIOURS: Mapping[str, Behaviour] = {"res.partner": Behaviour(created=_created, written=_written)}
INVERSES: Mapping[tuple[str, str], Inverse] = {("res.partner", "company_type"): _set_company_type}
