"""An account in neutral words and back (`entities/records.py`).

WooCommerce has no place for a person's company, language or website besides the addresses' own, and nobody is
inactive there; WordPress has a website. Accounts made in WordPress often have no name: they are called by what else
is known of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.woocommerce import names, roles
from app.connectors.woocommerce.client import Row
from app.connectors.woocommerce.records import text
from app.entities import person
from app.entities.base import Json, Record, State
from app.errors import AppError, Rejected

SCHEME: Final = "http://"
"""Odoo puts it before an address that has none: in a record it goes without saying."""
NO_ACCOUNT: Final = "a guest has no account in the shop; what Odoo knows of them stays there"
STAFF_EMAIL: Final = "email: that of a person who works in the shop is changed in WordPress only"


def state_of(row: Row, *, website: bool = False) -> dict[str, Json]:
    """`called`: what stands for a name where the account has none, else None."""
    state: dict[str, Json] = {name: text(row.get(name)) for name in ("email", names.FIRST, names.LAST)}
    called = None if names.joined(state) else _called(row)
    site: dict[str, Json] = {"url": text(row.get("url"))} if website else {}
    return {**state, "called": called, "roles": roles.roles_of(row), **site}


def to_record(state: State) -> Record:
    """Of a state that may hold only some of its fields: a record has what they say."""
    record: dict[str, Json] = {"email": lowered(state["email"])} if "email" in state else {}
    if state.keys() & {names.FIRST, names.LAST}:
        record["name"] = names.joined(state) or text(state.get("called")) or lowered(state.get("email"))
    if "url" in state:
        record["website"] = _bare(state["url"])
    return record


def resolved(desired: Desired, *, website: bool = False) -> Resolved | AppError:
    try:
        return _resolved(desired.fields, desired.base, website=website)
    except AppError as error:
        return error


def lowered(value: Json) -> str | None:
    found = text(value)
    return found.lower() if found else None


def _resolved(fields: Record, base: State | None, *, website: bool) -> Resolved:
    """Without an e-mail address there is no account, and nobody goes without a name."""
    held = base or {}
    if held.get("is_guest"):
        return Resolved(state={}, notes=(NO_ACCOUNT,) if fields else ())
    for name in ("email", "name"):
        if (base is None or name in fields) and not text(fields.get(name)):
            raise Rejected(f"an account of the shop needs {name}", code="required", field=name)
    state, notes = _email(fields, held)
    if "name" in fields and person.words(fields["name"]) != (to_record(held).get("name") if held else None):
        parts, more = names.parts(fields["name"], held)
        state, notes = {**state, **parts}, (*notes, *more)
    if website and "website" in fields and _bare(fields["website"]) != _bare(held.get("url")):
        state["url"] = _with_scheme(text(fields["website"]))
    return Resolved(state=state, notes=notes)


def _email(fields: Record, held: State) -> tuple[dict[str, Json], tuple[str, ...]]:
    wanted = lowered(fields.get("email"))
    if "email" not in fields or wanted == lowered(held.get("email")):
        return {}, ()
    if roles.is_staff(held.get("roles")):
        return {}, (STAFF_EMAIL,)
    return {"email": wanted}, ()


def _called(row: Row) -> str | None:
    """The name on the bill, or what WordPress shows to others."""
    bill = row.get("billing")
    billed = names.joined(bill) if isinstance(bill, Mapping) else None
    return billed or text(row.get("name"))


def _bare(website: Json) -> str | None:
    return (text(website) or "").removeprefix(SCHEME) or None


def _with_scheme(website: str | None) -> str | None:
    """WordPress wants a whole address, and puts this before one that has no scheme (`sanitize_url`)."""
    return website if website is None or "://" in website else f"{SCHEME}{website}"
