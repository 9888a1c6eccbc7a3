"""Rules of `base.automation`: which of them a create, write or unlink sets off, and the posts that come of it.

A post is only noted here, with the values of this moment. `hooks.py` sends it: before the commit in 17, after it in 19.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final

from app.sandbox.odoo.call import Call, id_of, linked
from app.sandbox.odoo.computed import target_of, target_rows, value_of
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.domain import compile_domain
from app.sandbox.odoo.faults import user_error
from app.sandbox.odoo.journal import Post
from app.sandbox.odoo.snippets import evaluate

NO_URL = "I'll be happy to send a webhook for you, but you really need to give me a URL to reach out to..."
# Without trigger fields a rule also runs for the recomputed fields of the record: at least once more.
RUNS_WITHOUT_FIELDS: Final = 2


class Event(StrEnum):
    CREATE = "create"
    WRITE = "write"
    UNLINK = "unlink"


TRIGGERS: Mapping[Event, frozenset[str]] = {
    Event.CREATE: frozenset({"on_create", "on_create_or_write"}),
    Event.WRITE: frozenset({"on_write", "on_create_or_write", "on_archive", "on_unarchive"}),
    Event.UNLINK: frozenset({"on_unlink"}),
}
# Computed fields that Odoo stores: they set rules off also when the record behind them changed.
RECOMPUTED: Mapping[str, tuple[str, ...]] = {
    "product.template": ("default_code", "weight", "volume"),
    "product.category": ("complete_name",),
}
# What `code` actions do; `server_actions.py` fills it in.
RUN_CODE: list[Callable[[Call, Row, Row], None]] = []


def fire(call: Call, row: Row, event: Event, before: Mapping[str, object]) -> None:
    """Raises what a rule raises: a broken rule aborts the user's own write."""
    if not call.db.tables["base.automation"]:
        return
    for rule in _rules(call, event):
        runs = _runs(call, rule, row, event, before)
        for _ in range(runs):
            if _concerns(call, rule, row):
                for action in actions_of(call, rule):
                    run_action(call, action, row)


def fire_recomputed(call: Call, row: Row, before: Row) -> None:
    """A stored computed field changed without a write of its record, which keeps its date."""
    names = RECOMPUTED.get(call.model.name, ())
    if any(before[name] != value_of(call.db, call.model.name, row, name) for name in names):
        fire(call, row, Event.WRITE, before)


def snapshot(call: Call, row: Row, names: Iterable[str] = ()) -> Row:
    """A row before a write: its values, those of written fields kept elsewhere, and those that Odoo recomputes."""
    if not call.db.tables["base.automation"]:
        return dict(row)
    fields = call.model.fields
    more = [name for name in names if name in fields and not fields[name].stored]
    more += RECOMPUTED.get(call.model.name, ())
    return {**row, **{name: value_of(call.db, call.model.name, row, name) for name in more}}


def _rules(call: Call, event: Event) -> Iterator[Row]:
    for rule in list(call.db.tables["base.automation"].values()):
        model = target_of(call.db, "base.automation", rule, "model_id")
        if rule["active"] and model and model["model"] == call.model.name and rule["trigger"] in TRIGGERS[event]:
            yield rule


def _runs(call: Call, rule: Row, row: Row, event: Event, before: Mapping[str, object]) -> int:
    """Recorded: webhook_counts_with_trigger_fields, webhook_counts_without_trigger_fields, no-op writes."""
    if event is Event.WRITE and rule["trigger"] in ("on_archive", "on_unarchive"):
        wanted = rule["trigger"] == "on_unarchive"
        return int(row.get("active") != before.get("active") and row.get("active") == wanted)
    if event is Event.UNLINK:
        return 1
    fields = target_rows(call.db, "ir.model.fields", linked(rule, "trigger_field_ids"))
    if not fields and rule["trigger"] != "on_create":
        return RUNS_WITHOUT_FIELDS
    if event is Event.CREATE:
        return 1
    names = [str(one["name"]) for one in fields]
    return int(any(name in before and before[name] != value_of(call.db, call.model.name, row, name) for name in names))


def _concerns(call: Call, rule: Row, row: Row) -> bool:
    """The domain knows `uid`, but no `context` (automation_err_domain_nameerror_breaks_user_write)."""
    if not rule["filter_domain"]:
        return True
    names = {"uid": call.account.uid, "True": True, "False": False}
    domain = evaluate(str(rule["filter_domain"]), names, version=call.db.version)
    return compile_domain(call.db, call.model.name, domain)(row)


def actions_of(call: Call, rule: Row) -> list[Row]:
    rows = call.db.tables["ir.actions.server"].values()
    return sorted((one for one in rows if one["base_automation_id"] == rule["id"]), key=id_of)


def run_action(call: Call, action: Row, row: Row) -> None:
    if action["state"] == "webhook":
        _post(call, action, row)
    elif action["state"] == "code":
        RUN_CODE[0](call, action, row)
    elif action["state"] == "multi":
        for child in target_rows(call.db, "ir.actions.server", linked(action, "child_ids")):
            run_action(call, child, row)


def _post(call: Call, action: Row, row: Row) -> None:
    if not action["webhook_url"]:
        raise user_error(NO_URL)
    fields = target_rows(call.db, "ir.model.fields", linked(action, "webhook_field_ids"))
    names = [str(one["name"]) for one in fields if one["name"] in call.model.fields]
    values = {name: value_of(call.db, call.model.name, row, name) for name in names}
    # 17 names the actions of a rule itself (webhook_in_partner_write), those that stand alone keep their name.
    named = "Send Webhook Notification" if action["base_automation_id"] and call.db.version < 18 else action["name"]
    head: Row = {"_action": f"{named}(#{action['id']})", "_id": row["id"], "_model": call.model.name}
    body = {**head, "id": row["id"], **values}
    call.db.note_post(Post(url=str(action["webhook_url"]), body=body))
