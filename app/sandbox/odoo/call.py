"""One method call: who asks, for which records, with which context, and whether they may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.sandbox.odoo.database import Account, Database, Row
from app.sandbox.odoo.faults import access_error, missing
from app.sandbox.odoo.fields import Model

VERBS: Mapping[str, str] = {"read": "access", "write": "modify", "create": "create", "unlink": "delete"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who, on which model, on which ids (as they were sent), with which context.

    `system`: done by Odoo itself on behalf of the caller, whatever the caller's own rights are.
    """

    db: Database
    account: Account
    model: Model
    ids: Sequence[object] = ()
    context: Mapping[str, object] = field(default_factory=dict)
    system: bool = False

    @property
    def table(self) -> dict[int, Row]:
        return self.db.tables[self.model.name]

    def on(self, model: str, ids: Sequence[object] = (), *, system: bool = False, **context: object) -> Call:
        """The same caller on another model; `context` is added."""
        return Call(
            db=self.db,
            account=self.account,
            model=self.db.model(model),
            ids=ids,
            context={**self.context, **context},
            system=self.system or system,
        )


def may(call: Call, operation: str) -> bool:
    if call.system:
        return True
    if operation in call.model.settings_only and not call.account.settings:
        return False
    return call.account.admin or operation not in call.model.admin_only


def check_access(call: Call, operation: str) -> None:
    if not may(call, operation):
        group = "Role / Administrator" if call.db.version >= 19 else "Administration/Settings"
        raise access_error(
            f"You are not allowed to {VERBS[operation]} '{call.model.label}' ({call.model.name}) records.\n\n"
            f"This operation is allowed for the following groups:\n\t- {group}\n\n"
            "Contact your administrator to request access if necessary."
        )


def existing(call: Call) -> list[Row]:
    """The rows of the call's ids; one missing id fails all, and a text is no id."""
    for one in call.ids:
        if not is_id(one) or one not in call.table:
            raise missing(call.model.name, one, call.account.uid)
    return [call.table[one] for one in call.ids if isinstance(one, int)]


def is_id(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def id_of(row: Row) -> int:
    return int(str(row["id"]))


def linked(row: Row, name: str) -> list[int]:
    """The ids a many2many holds."""
    value = row.get(name)
    return list(value) if isinstance(value, list) else []
