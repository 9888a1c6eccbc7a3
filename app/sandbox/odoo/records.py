"""Writing rows the way Odoo's ORM does, quirks included; `methods.py` gives it public names."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.odoo.behaviour import INVERSES, behaviour_of
from app.sandbox.odoo.call import Call, check_access, existing, id_of, may
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.faults import OdooError, value_error
from app.sandbox.odoo.fields import X2MANY, Field, Model
from app.sandbox.odoo.firing import Event, fire, fire_recomputed, snapshot
from app.sandbox.odoo.reading import found_ids, invalid_field, read_rows
from app.sandbox.odoo.rules import check_parent, check_required, check_unlink, forget, recompute
from app.sandbox.odoo.values import to_stored

__all__ = [
    "Call",
    "check_access",
    "create_row",
    "existing",
    "found_ids",
    "may",
    "read_rows",
    "store",
    "unlink_rows",
    "write_rows",
]


def create_row(call: Call, values: Mapping[str, object]) -> int:
    check_access(call, "create")
    for name in values:
        if name not in call.model.fields:
            raise value_error(invalid_field(call, name, " in "))
    behaviour = behaviour_of(call.model.name)
    prepared = behaviour.prepare(call, dict(values))
    known = behaviour.instead(call, prepared)
    if known is not None:
        return known
    check_required(call.model, prepared)
    plain, elsewhere, commands = _split(call.model, prepared)
    stored = _stored(call, plain, creating=True)
    new_id = call.db.add(call.model.name, {**stored, "create_uid": call.account.uid, "write_uid": call.account.uid})
    row = call.table[new_id]
    _translate(call, row, stored)
    _write_elsewhere(call, row, elsewhere)
    _apply_commands(call, row, commands)
    recompute(call.db, call.model.name, new_id)
    behaviour.created(call, row)
    fire(call, row, Event.CREATE, {})
    return new_id


def write_rows(call: Call, values: Mapping[str, object]) -> None:
    check_access(call, "write")
    rows = existing(call)
    for name in values:
        if name not in call.model.fields:
            invalid = invalid_field(call, name, " on model ")
            raise OdooError("builtins.KeyError", name) if call.db.version >= 19 else value_error(invalid)
    allowed = behaviour_of(call.model.name).allow(call, rows, dict(values))
    for row in rows:
        store(call, row, {name: value for name, value in allowed.items() if not _kept(call.model, name)})


def store(call: Call, row: Row, values: Row) -> None:
    """A write without the checks: also what Odoo writes itself. `call` is on the row's model."""
    before = snapshot(call, row, values)
    behind = _template_of(call, row)
    plain, elsewhere, commands = _split(call.model, values)
    stored = _stored(call, plain, creating=False)
    check_parent(call.db, call.model.name, row, stored)
    _translate(call, row, stored)
    row.update({**stored, "write_uid": call.account.uid, "write_date": call.db.stamp()})
    _write_elsewhere(call, row, elsewhere)
    _apply_commands(call, row, commands)
    recompute(call.db, call.model.name, id_of(row))
    behaviour_of(call.model.name).written(call, row, values)
    fire(call, row, Event.WRITE, before)
    if behind is not None:
        fire_recomputed(*behind)


def _template_of(call: Call, row: Row) -> tuple[Call, Row, Row] | None:
    """A variant's template before the variant is written: its code and weight are the variant's."""
    if call.model.name != "product.product" or not call.db.tables["base.automation"]:
        return None
    templates = call.on("product.template")
    template = templates.table[int(str(row["product_tmpl_id"]))]
    return templates, template, snapshot(templates, template)


def unlink_rows(call: Call) -> None:
    check_access(call, "unlink")
    behaviour = behaviour_of(call.model.name)
    rows = existing(call)
    for row in rows:
        check_unlink(call.db, call.model.name, row)
    for row in rows:
        fire(call, row, Event.UNLINK, {})
    for row in rows:
        behaviour.deleting(call, row)
        call.table.pop(id_of(row), None)
        forget(call.db, call.model.name, id_of(row))
        behaviour.deleted(call, row)
    gone = {(call.model.name, one) for one in call.ids}
    for name in [name for name, target in call.db.external_ids.items() if target in gone]:
        del call.db.external_ids[name]


def _stored(call: Call, plain: Row, *, creating: bool) -> Row:
    return {
        name: to_stored(call.db, call.model, name, value, creating=creating, uid=call.account.uid)
        for name, value in plain.items()
    }


def _kept(model: Model, name: str) -> bool:
    """Such a field takes no value from outside; Odoo says nothing."""
    return model.fields[name].readonly


def _translate(call: Call, row: Row, stored: Row) -> None:
    """A text in another language is kept beside the first one, and leaves that as it is."""
    lang = call.context.get("lang")
    if lang in (None, False, "en_US") or lang not in call.db.languages:
        return
    for name in [name for name in stored if call.model.fields[name].translate]:
        row[f"{name}@{lang}"] = stored[name]
        if row.get(name):
            stored[name] = row[name]


def _write_elsewhere(call: Call, row: Row, values: Row) -> None:
    """Fields without a value of their own: the record behind them is written, or their inverse does something."""
    delegated: dict[str, Row] = {}
    for name, value in values.items():
        inverse = INVERSES.get((call.model.name, name))
        path = str(call.model.fields[name].related or "")
        if inverse is not None:
            inverse(call, row, value)
        elif "." in path:
            through, _, target = path.partition(".")
            delegated.setdefault(through, {})[target] = value
    for through, changes in delegated.items():
        behind = call.on(str(call.model.fields[through].relation), [row[through]], system=True)
        write_rows(behind, changes)


def _split(model: Model, values: Mapping[str, object]) -> tuple[Row, Row, Row]:
    """Values of the row itself, values kept elsewhere, and commands of x2many fields."""
    fields = model.fields
    elsewhere = {name: value for name, value in values.items() if fields[name].computed or fields[name].related}
    commands = {name: value for name, value in values.items() if fields[name].type in X2MANY and name not in elsewhere}
    plain = {name: value for name, value in values.items() if name not in commands and name not in elsewhere}
    return plain, elsewhere, commands


def _apply_commands(call: Call, row: Row, commands: Mapping[str, object]) -> None:
    """`[0,0,vals] [1,id,vals] [2,id] [3,id] [4,id] [6,0,ids]`; a plain list of ids sets them."""
    for name, value in commands.items():
        one = call.model.fields[name]
        sent = value if isinstance(value, list) else []
        if all(isinstance(part, int) for part in sent):
            sent = [[6, 0, sent]]
        for command in sent:
            _apply(call, row, name, one, command)


def _apply(call: Call, row: Row, name: str, one: Field, command: list[object]) -> None:
    code, target, more = [*command, None, None][:3]
    related = call.on(str(one.relation), [target])
    code = int(str(code))
    values = dict(more) if isinstance(more, Mapping) else {}
    linked = row.get(name)
    ids = list(linked) if isinstance(linked, list) else []
    if code == 0:
        inverse = {one.inverse: row["id"]} if one.inverse else {}
        external = values.pop("__external", None)
        ids.append(create_row(related, {**values, **inverse}))
        if external:
            call.db.external_ids[str(external)] = (related.model.name, ids[-1])
    elif code == 1:
        write_rows(related, values)
    elif code == 2:
        unlink_rows(related)
        ids = [other for other in ids if other != target]
    elif code == 3:
        ids = [other for other in ids if other != target]
    elif code == 4:
        ids = ids if target in ids else [*ids, target]
    elif code in (5, 6):
        ids = list(more) if isinstance(more, list) else []
    if one.type == "many2many":
        row[name] = ids
    elif code in (3, 5, 6):
        _keep_only(call, row, one, ids if code != 3 else None, target)


def _keep_only(call: Call, row: Row, one: Field, ids: list[object] | None, target: object) -> None:
    """Of a one2many: records that are unlinked from it lose their parent, or go with the link if they need one."""
    related = call.on(str(one.relation))
    inverse = str(one.inverse)
    mine = [other for other in list(related.table.values()) if other.get(inverse) == row["id"]]
    gone = [other for other in mine if (other["id"] == target if ids is None else other["id"] not in ids)]
    for other in gone:
        if related.model.fields[inverse].required:
            unlink_rows(call.on(related.model.name, [other["id"]]))
        else:
            write_rows(call.on(related.model.name, [other["id"]]), {inverse: False})
