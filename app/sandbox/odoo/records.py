"""Reading and writing rows the way Odoo's ORM does, quirks included; `methods.py` gives it public names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.sandbox.odoo.computed import value_of
from app.sandbox.odoo.database import Account, Database, Row
from app.sandbox.odoo.domain import Test, compile_domain, mentions
from app.sandbox.odoo.faults import OdooError, access_error, missing, value_error
from app.sandbox.odoo.fields import Field, Model
from app.sandbox.odoo.rules import check_parent, check_required, check_unlink, recompute
from app.sandbox.odoo.values import to_read, to_stored

VERBS: Mapping[str, str] = {"read": "access", "write": "modify", "create": "create", "unlink": "delete"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One method call: who, on which model, on which ids (as they were sent), with which context."""

    db: Database
    account: Account
    model: Model
    ids: Sequence[object] = ()
    context: Mapping[str, object] = field(default_factory=dict)

    @property
    def table(self) -> dict[int, Row]:
        return self.db.tables[self.model.name]

    def on(self, model: str, ids: Sequence[object] = ()) -> Call:
        """The same caller on another model."""
        return Call(db=self.db, account=self.account, model=self.db.model(model), ids=ids, context=self.context)


def may(call: Call, operation: str) -> bool:
    if operation in call.model.settings_only and not call.account.settings:
        return False
    return call.account.admin or operation not in call.model.admin_only


def check_access(call: Call, operation: str) -> None:
    if not may(call, operation):
        raise access_error(
            f"You are not allowed to {VERBS[operation]} '{call.model.label}' ({call.model.name}) records.\n\n"
            "This operation is allowed for the following groups:\n\t- Administration/Settings\n\n"
            "Contact your administrator to request access if necessary."
        )


def existing(call: Call) -> list[Row]:
    """The rows of the call's ids; one missing id fails all, and a text is no id."""
    for one in call.ids:
        if not _is_id(one) or one not in call.table:
            raise missing(call.model.name, one, call.account.uid)
    return [call.table[one] for one in call.ids if isinstance(one, int)]


def found_ids(
    call: Call, domain: object, *, offset: int = 0, limit: int | None = None, order: str | None = None
) -> list[int]:
    """Archived rows are hidden unless the context or the domain asks for them."""
    check_access(call, "read")
    test: Test = compile_domain(call.db, call.model.name, domain)
    hide = "active" in call.model.fields and call.context.get("active_test", True) and not mentions(domain, "active")
    rows = [row for row in call.table.values() if test(row) and not (hide and not row["active"])]
    rows = _ordered(call.model, rows, order or call.model.order)
    end = None if not limit else offset + limit
    return [int(str(row["id"])) for row in rows[offset:end]]


def read_rows(call: Call, fields: Sequence[str] | None, *, pairs: bool) -> list[Row]:
    """Missing ids are left out without a word, and so are ids sent as text."""
    check_access(call, "read")
    names = list(fields) if fields else list(call.model.fields)
    for name in names:
        if name not in call.model.fields:
            raise value_error(_invalid_field(call, name, " on "))
    rows = [call.table[one] for one in call.ids if _is_id(one) and isinstance(one, int) and one in call.table]
    return [{"id": row["id"], **{name: _shown(call, row, name, pairs=pairs) for name in names}} for row in rows]


def create_row(call: Call, values: Mapping[str, object]) -> int:
    check_access(call, "create")
    for name in values:
        if name not in call.model.fields:
            raise value_error(_invalid_field(call, name, " in "))
    check_required(call.model, values)
    plain, commands = _split(call.model, values)
    stored = {
        name: to_stored(call.db, call.model, name, value, creating=True, uid=call.account.uid)
        for name, value in plain.items()
    }
    stored |= {"create_uid": call.account.uid, "write_uid": call.account.uid}
    new_id = call.db.add(call.model.name, stored)
    _apply_commands(call, call.table[new_id], commands)
    recompute(call.db, call.model.name, new_id)
    return new_id


def write_rows(call: Call, values: Mapping[str, object]) -> None:
    check_access(call, "write")
    rows = existing(call)
    for name in values:
        if name not in call.model.fields:
            invalid = _invalid_field(call, name, " on model ")
            raise OdooError("builtins.KeyError", name) if call.db.version >= 19 else value_error(invalid)
    plain, commands = _split(call.model, values)
    stored = {
        name: to_stored(call.db, call.model, name, value, creating=False, uid=call.account.uid)
        for name, value in plain.items()
        if not call.model.fields[name].readonly
    }
    for row in rows:
        check_parent(call.db, row, stored)
        row.update(stored, write_uid=call.account.uid, write_date=call.db.stamp())
        _apply_commands(call, row, commands)
        recompute(call.db, call.model.name, int(str(row["id"])))


def unlink_rows(call: Call) -> None:
    check_access(call, "unlink")
    for row in existing(call):
        check_unlink(call.db, call.model.name, row)
    for one in call.ids:
        if isinstance(one, int):
            call.table.pop(one, None)
    gone = {(call.model.name, one) for one in call.ids}
    for name in [name for name, target in call.db.external_ids.items() if target in gone]:
        del call.db.external_ids[name]


def _shown(call: Call, row: Row, name: str, *, pairs: bool) -> object:
    lang = str(call.context.get("lang") or "") or None
    value = value_of(call.db, call.model.name, row, name, lang)
    return to_read(call.db, call.model.fields[name], value, pairs=pairs, sizes=bool(call.context.get("bin_size")))


def _split(model: Model, values: Mapping[str, object]) -> tuple[Row, Row]:
    commands = {name: value for name, value in values.items() if model.fields[name].type.endswith("2many")}
    return {name: value for name, value in values.items() if name not in commands}, commands


def _apply_commands(call: Call, row: Row, commands: Mapping[str, object]) -> None:
    """`[0,0,vals] [1,id,vals] [2,id] [3,id] [4,id] [6,0,ids]`; a plain list of ids sets them."""
    for name, value in commands.items():
        one = call.model.fields[name]
        sent = value if isinstance(value, list) else []
        if sent and all(isinstance(part, int) for part in sent):
            sent = [[6, 0, sent]]
        for command in sent:
            _apply(call, row, name, one, command)


def _apply(call: Call, row: Row, name: str, one: Field, command: list[object]) -> None:
    code, target, more = [*command, None, None][:3]
    related = call.on(str(one.relation), [target])
    values = dict(more) if isinstance(more, Mapping) else {}
    linked = row.get(name)
    ids = list(linked) if isinstance(linked, list) else []
    if code == 0:
        inverse = {one.inverse: row["id"]} if one.inverse else {}
        ids.append(create_row(related, {**values, **inverse}))
    elif code == 1:
        write_rows(related, values)
    elif code == 2:
        unlink_rows(related)
    elif code == 3:
        ids = [other for other in ids if other != target]
    elif code == 4:
        ids = ids if target in ids else [*ids, target]
    elif code == 6:
        ids = list(more) if isinstance(more, list) else []
    if one.type == "many2many":
        row[name] = ids


def _ordered(model: Model, rows: list[Row], order: str) -> list[Row]:
    for part in reversed([part.split() for part in order.split(",")]):
        name, descending = part[0], part[-1].lower() == "desc"
        if name not in model.fields:
            raise value_error(f"Invalid field '{name}' on model '{model.name}'")
        rows = sorted(rows, key=lambda row: _sort_key(row.get(name)), reverse=descending)
    return rows


def _sort_key(value: object) -> tuple[int, float, str]:
    if isinstance(value, (int, float)):
        return (0, float(value), "")
    return (1, 0.0, str(value))


def _invalid_field(call: Call, name: str, joint: str) -> str:
    """The wording differs: 17 says `on model`, 19 says `on` when reading and `in` when creating."""
    word = joint if call.db.version >= 19 else " on model "
    return f"Invalid field '{name}'{word}'{call.model.name}'"


def _is_id(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
