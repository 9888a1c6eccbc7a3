"""Server actions and custom fields made through the API: what Odoo refuses of them, and how code runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.sandbox.odoo.behaviour import Behaviour
from app.sandbox.odoo.call import Call, check_access, existing, id_of, linked
from app.sandbox.odoo.computed import target_of, target_rows, value_of
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.faults import validation_error
from app.sandbox.odoo.fields import Field
from app.sandbox.odoo.firing import RUN_CODE, run_action
from app.sandbox.odoo.records import write_rows
from app.sandbox.odoo.snippets import check_code, execute

RESTRICTED = (
    "Group-restricted fields cannot be included in webhook payloads, as it could allow any user to accidentally leak "
    "sensitive information. You will have to remove the following fields from the webhook payload in the following "
    "actions:\n {action}: {fields}"
)


@dataclass(frozen=True, slots=True)
class Env:
    """`env` in a code action: who, with which context, and other models."""

    call: Call

    @property
    def context(self) -> Mapping[str, object]:
        return self.call.context

    @property
    def uid(self) -> int:
        return self.call.account.uid

    @property
    def user(self) -> Records:
        return Records(self.call.on("res.users", [self.call.account.uid]))

    def __getitem__(self, model: str) -> Records:
        return Records(self.call.on(model))


@dataclass(frozen=True, slots=True)
class Records:
    """A recordset in a code action, as far as such code was recorded to use one."""

    call: Call

    @property
    def id(self) -> object:
        return self.call.ids[0] if self.call.ids else False

    @property
    def ids(self) -> list[object]:
        return list(self.call.ids)

    @property
    def _name(self) -> str:
        return self.call.model.name

    def __iter__(self) -> Iterator[Records]:
        return (Records(self.call.on(self.call.model.name, [one])) for one in self.call.ids)

    def __bool__(self) -> bool:
        return bool(self.call.ids)

    def read_field(self, name: str) -> object:
        return value_of(self.call.db, self.call.model.name, existing(self.call)[0], name)

    def browse(self, ids: object) -> Records:
        return Records(self.call.on(self.call.model.name, ids if isinstance(ids, list) else [ids]))

    def sudo(self) -> Records:
        return Records(self.call.on(self.call.model.name, self.call.ids, system=True))

    def with_context(self, **context: object) -> Records:
        return Records(self.call.on(self.call.model.name, self.call.ids, system=False, **context))

    def write(self, values: Mapping[str, object]) -> bool:
        write_rows(self.call, values)
        return True

    def run(self) -> bool:
        return bool(run(self.call.on("ir.actions.server", self.call.ids, system=True)))


def run(call: Call) -> object:
    """`ir.actions.server.run` on the records of the context. Answers false (ir_actions_server_run)."""
    check_access(call, "write")
    active = call.context.get("active_ids") or [call.context.get("active_id")]
    model = str(call.context.get("active_model"))
    for action in existing(call):
        for row in target_rows(call.db, model, [int(str(one)) for one in active]) if isinstance(active, list) else []:
            run_action(call.on(model, [row["id"]]), action, row)
    return False


def _run_code(call: Call, action: Row, row: Row) -> None:
    record = Records(call.on(call.model.name, [row["id"]]))
    names = {"env": Env(call), "record": record, "records": record, "uid": call.account.uid, "log": lambda text: None}
    execute(str(action["code"] or ""), names, version=call.db.version)


def _check_action(call: Call, row: Row) -> None:
    complaint = check_code(str(row["code"])) if row["state"] == "code" and row["code"] else None
    if complaint:
        raise validation_error(complaint)
    fields = target_rows(call.db, "ir.model.fields", linked(row, "webhook_field_ids"))
    restricted = [one for one in fields if call.db.models[str(one["model"])].fields[str(one["name"])].restricted]
    if not restricted:
        return
    if call.db.version >= 19:
        raise validation_error(f"Following child actions have warnings: {row['name']}")
    shown = ", ".join(str(one["field_description"]) for one in restricted)
    raise validation_error(RESTRICTED.format(action=row["name"], fields=shown))


def _field_created(call: Call, row: Row) -> None:
    """A custom field (`x_...`) made through the API is there for the next call (ir_model_fields_create_custom)."""
    model = target_of(call.db, "ir.model.fields", row, "model_id")
    if model is None:
        return
    row.update({"model": model["model"], "state": "manual", "store": True})
    known = call.db.models[str(model["model"])]
    made = Field(type=str(row["ttype"] or "char"), string=str(row["field_description"] or row["name"]))
    call.db.models[known.name] = replace(known, fields={**known.fields, str(row["name"]): made})


def _rule_leaving(call: Call, row: Row) -> None:
    actions = call.on("ir.actions.server", system=True)
    for one in [one for one in actions.table.values() if one["base_automation_id"] == row["id"]]:
        actions.table.pop(id_of(one))


RUN_CODE[:] = [_run_code]
BEHAVIOURS: Mapping[str, Behaviour] = {
    "ir.actions.server": Behaviour(created=_check_action, written=lambda call, row, values: _check_action(call, row)),
    "ir.model.fields": Behaviour(created=_field_created),
    "base.automation": Behaviour(deleting=_rule_leaving),
}
