"""The public methods with their argument names: JSON-2 binds by name, JSON-RPC mostly by position."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.sandbox.odoo import business, invoices, leads, loyalty, products, sale, server_actions, stock, transfers
from app.sandbox.odoo.computed import display_name
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.faults import access_error, type_error, validation_error, value_error
from app.sandbox.odoo.load import load
from app.sandbox.odoo.records import (
    Call,
    check_access,
    create_row,
    existing,
    found_ids,
    may,
    read_rows,
    unlink_rows,
    write_rows,
)
from app.sandbox.odoo.schema import LOG_FIELDS
from app.sandbox.odoo.values import describe


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """`on_records` methods run on ids; the others belong to the model and refuse ids on JSON-2."""

    run: Callable[..., object]
    on_records: bool = False
    model: str | None = None
    since: int = 0

    def bind(self, args: Sequence[object], named: Mapping[str, object]) -> inspect.BoundArguments:
        """Raises TypeError with the text Odoo passes on, e.g. `missing a required argument: 'domain'`."""
        signature = inspect.signature(self.run)
        parameters = list(signature.parameters.values())[1:]
        return signature.replace(parameters=parameters).bind(*args, **named)


def search(call: Call, domain: object, offset: int = 0, limit: int | None = None, order: str | None = None) -> object:
    return found_ids(call, domain, offset=offset, limit=limit, order=order)


def search_count(call: Call, domain: object, limit: int | None = None) -> object:
    return len(found_ids(call, domain, limit=limit))


def search_read(
    call: Call,
    domain: object = None,
    fields: Sequence[str] | None = None,
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
    load: str | None = "_classic_read",
) -> object:
    ids = found_ids(call, domain or [], offset=offset, limit=limit, order=order)
    return read_rows(call.on(call.model.name, ids), fields, pairs=bool(load))


def read(call: Call, fields: Sequence[str] | None = None, load: str | None = "_classic_read") -> object:
    return read_rows(call, fields, pairs=bool(load))


def create(call: Call, vals_list: object) -> object:
    rows = vals_list if isinstance(vals_list, list) else [vals_list]
    return [_create(call, row) for row in rows]


def write(call: Call, vals: Mapping[str, object]) -> object:
    write_rows(call, vals)
    return True


def unlink(call: Call) -> object:
    unlink_rows(call)
    return True


def fields_get(call: Call, allfields: Sequence[str] | None = None, attributes: Sequence[str] | None = None) -> object:
    described = {name: describe(call.model.name, name, one) for name, one in call.model.fields.items()}
    wanted = {name: one for name, one in described.items() if not allfields or name in allfields}
    if not attributes:
        return wanted
    return {name: {key: one[key] for key in attributes if key in one} for name, one in wanted.items()}


def check_access_rights(call: Call, operation: str, raise_exception: bool = True) -> object:
    if raise_exception:
        check_access(call, operation)
    return may(call, operation)


def has_access(call: Call, operation: str) -> object:
    return may(call, operation)


def exists(call: Call) -> object:
    if call.db.version >= 19:
        raise private(call.model.name, "exists", call.db.version)
    return [one for one in call.ids if one in call.table]


def toggle_active(call: Call) -> object:
    for row in existing(call):
        write_rows(call.on(call.model.name, [row["id"]]), {"active": not row["active"]})
    return _archived(call)


def action_archive(call: Call) -> object:
    write_rows(call, {"active": False})
    return _archived(call)


def action_unarchive(call: Call) -> object:
    write_rows(call, {"active": True})
    return _archived(call)


def copy(call: Call, default: Mapping[str, object] | None = None) -> object:
    """New records like the given ones. 17 answers one id, 19 a list."""
    made = [_copy(call, row, default or {}) for row in existing(call)]
    return made if call.db.version >= 19 else made[0]


def default_get(call: Call, fields: Sequence[str]) -> object:
    known = call.model.fields
    return {name: known[name].default for name in fields if name in known and known[name].default}


def get_metadata(call: Call) -> object:
    names = {target: name for name, target in call.db.external_ids.items()}
    shown = read_rows(call, ["create_uid", "create_date", "write_uid", "write_date"], pairs=True)
    rows = [dict(row) for row in shown]
    return [{**row, "xmlid": names.get((call.model.name, int(str(row["id"]))), False)} for row in rows]


def action_apply(call: Call) -> object:
    """Two wizards of loyalty have a button of this name."""
    code = call.model.name == "sale.loyalty.coupon.wizard"
    return loyalty.apply_code(call) if code else loyalty.apply_reward(call)


def name_search(call: Call, name: str = "", domain: object = None, operator: str = "ilike", limit: int = 100) -> object:
    ids = found_ids(call, [["display_name", operator, name]], limit=limit)
    return [[one, display_name(call.db, call.model.name, call.table[one])] for one in ids]


def get_external_id(call: Call) -> object:
    names = {target: name for name, target in call.db.external_ids.items()}
    return {str(one): names.get((call.model.name, int(str(one))), "") for one in call.ids}


def check_object_reference(call: Call, module: str, xml_id: str) -> object:
    target = call.db.external_ids.get(f"{module}.{xml_id}")
    if target is None:
        raise value_error(f"No record found for unique ID {module}.{xml_id}. It may have been deleted.")
    return list(target)


def context_get(call: Call) -> object:
    user = call.table[call.account.uid]
    return {"lang": user["lang"], "tz": user["tz"], "uid": call.account.uid}


business.install()
METHODS: Mapping[str, Method] = {
    "search": Method(run=search),
    "search_count": Method(run=search_count),
    "search_read": Method(run=search_read),
    "read": Method(run=read, on_records=True),
    "create": Method(run=create),
    "write": Method(run=write, on_records=True),
    "unlink": Method(run=unlink, on_records=True),
    "fields_get": Method(run=fields_get),
    "load": Method(run=load),
    "name_search": Method(run=name_search),
    "check_access_rights": Method(run=check_access_rights),
    "has_access": Method(run=has_access, on_records=True, since=18),
    "exists": Method(run=exists, on_records=True),
    "toggle_active": Method(run=toggle_active, on_records=True),
    "get_external_id": Method(run=get_external_id, on_records=True),
    "check_object_reference": Method(run=check_object_reference, model="ir.model.data"),
    "context_get": Method(run=context_get, model="res.users"),
    "action_confirm": Method(run=sale.action_confirm, on_records=True, model="sale.order"),
    "action_cancel": Method(run=sale.action_cancel, on_records=True, model="sale.order"),
    "action_draft": Method(run=sale.action_draft, on_records=True, model="sale.order"),
    "action_quotation_sent": Method(run=sale.action_quotation_sent, on_records=True, model="sale.order"),
    "action_lock": Method(run=sale.action_lock, on_records=True, model="sale.order"),
    "action_unlock": Method(run=sale.action_unlock, on_records=True, model="sale.order"),
    "action_archive": Method(run=action_archive, on_records=True),
    "action_unarchive": Method(run=action_unarchive, on_records=True),
    "copy": Method(run=copy, on_records=True),
    "default_get": Method(run=default_get),
    "get_metadata": Method(run=get_metadata, on_records=True),
    "action_apply_inventory": Method(run=stock.action_apply_inventory, on_records=True, model="stock.quant"),
    "action_assign": Method(run=transfers.action_assign, on_records=True, model="stock.picking"),
    "button_validate": Method(run=transfers.button_validate, on_records=True, model="stock.picking"),
    "create_invoices": Method(run=invoices.create_invoices, on_records=True, model="sale.advance.payment.inv"),
    "action_post": Method(run=invoices.action_post, on_records=True, model="account.move"),
    "button_draft": Method(run=invoices.button_draft, on_records=True, model="account.move"),
    "button_cancel": Method(run=invoices.button_cancel, on_records=True, model="account.move"),
    "action_create_payments": Method(
        run=invoices.action_create_payments, on_records=True, model="account.payment.register"
    ),
    "action_apply": Method(run=action_apply, on_records=True),
    "action_set_won": Method(run=leads.action_set_won, on_records=True, model="crm.lead"),
    "action_set_lost": Method(run=leads.action_set_lost, on_records=True, model="crm.lead"),
    "run": Method(run=server_actions.run, on_records=True, model="ir.actions.server"),
}
# Public names of the framework that 19 closed to callers from outside.
CLOSED_SINCE_19 = frozenset({"browse", "exists", "mapped", "sudo", "with_context"})


def find_method(model: str, name: str, version: int) -> Method | None:
    """None when the model has no such method. Raises Odoo's AccessError for a private one."""
    if name.startswith("_") or (version >= 19 and name in CLOSED_SINCE_19):
        raise private(model, name, version)
    method = METHODS.get(name)
    if method is None or version < method.since or method.model not in (None, model):
        return None
    return method


def private(model: str, name: str, version: int) -> Exception:
    shown = f"'{model}.{name}'" if version >= 19 else name
    return access_error(f"Private methods (such as {shown}) cannot be called remotely.")


def _archived(call: Call) -> object:
    if call.model.name == "product.product":
        products.follow_variants(call)
    return None


def _copy(call: Call, row: Row, default: Mapping[str, object]) -> int:
    fields = call.model.fields
    names = [name for name, one in fields.items() if one.stored and name in row and name not in LOG_FIELDS]
    values = {name: [[6, 0, row[name]]] if fields[name].type == "many2many" else row[name] for name in names}
    values.pop("barcode", None)
    if "name" in values and row["name"]:
        values["name"] = f"{row['name']} (copy)"
    return _create(call, {**values, **default})


def _create(call: Call, values: object) -> int:
    if not isinstance(values, Mapping):
        raise type_error("the values of a record must be a mapping")
    if call.model.name == "res.users":
        return _create_user(call, values)
    return create_row(call, values)


def _create_user(call: Call, values: Mapping[str, object]) -> int:
    check_access(call, "create")
    if any(user["login"] == values.get("login") for user in call.table.values()):
        raise validation_error("The operation cannot be completed: You can not have two users with the same login!")
    partner = create_row(call.on("res.partner"), {"name": values.get("name")})
    return create_row(call, {"partner_id": partner, **values})
