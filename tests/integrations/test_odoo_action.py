"""What is pasted into Odoo: the server action's text and the add-on's hints, against stand-ins for parts of Odoo."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from app.connectors.odoo.webhook import parse_hint

ROOT = Path(__file__).resolve().parents[2] / "integrations/odoo"
ACTION = (ROOT / "reverse_sync_action.py").read_text()
RECORD = SimpleNamespace(_name="res.partner", id=67, ids=[67])


class Action:
    """`ir.actions.server`: notes with which context which action ran."""

    def __init__(self) -> None:
        self.ran: list[tuple[int, dict[str, Any]]] = []
        self._id = 0
        self._context: dict[str, Any] = {}

    def browse(self, action_id: int) -> Action:
        self._id = action_id
        return self

    def with_context(self, **context: Any) -> Action:
        self._context = context
        return self

    def run(self) -> None:
        self.ran.append((self._id, self._context))


class Env(dict[str, Any]):
    def __init__(self, **context: object) -> None:
        super().__init__({"ir.actions.server": Action()})
        self.context = context


def run_action(env: Env, *, action_id: int = 514) -> list[tuple[int, dict[str, Any]]]:
    """As Odoo runs it: no builtins to speak of, `env` and `record` given."""
    text = ACTION.replace("WEBHOOK_ACTION_ID = 0", f"WEBHOOK_ACTION_ID = {action_id}")
    exec(compile(text, "action", "exec"), {"__builtins__": {}, "env": env, "record": RECORD})
    ran: list[tuple[int, dict[str, Any]]] = env["ir.actions.server"].ran
    return ran


def test_a_persons_change_runs_the_webhook_action_on_the_record() -> None:
    assert run_action(Env()) == [(514, {"active_model": "res.partner", "active_id": 67, "active_ids": [67]})]


def test_our_own_change_runs_nothing() -> None:
    assert run_action(Env(sync_origin="an-operation")) == []


def test_without_the_actions_id_no_save_fails() -> None:
    assert run_action(Env(), action_id=0) == []


def test_the_text_has_nothing_that_odoo_forbids_in_an_action() -> None:
    code = compile(ACTION, "action", "exec")

    assert not any(word in ACTION.split("WEBHOOK_ACTION_ID = 0")[1] for word in ("import ", "__", "requests", "open("))
    assert {"env", "record"} <= set(code.co_names)


@pytest.fixture
def event(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The add-on's module, with a `requests` that keeps what is posted as `event.posted`."""
    posted: list[dict[str, Any]] = []

    def post(url: str, *, data: str, **options: Any) -> object:
        posted.append(json.loads(data))
        return SimpleNamespace(status_code=202)

    stand_in = ModuleType("requests")
    vars(stand_in)["post"] = post
    monkeypatch.setitem(sys.modules, "requests", stand_in)
    monkeypatch.syspath_prepend(str(ROOT / "shopsync_reverse"))
    sys.modules.pop("reverse_event", None)
    module = importlib.import_module("reverse_event")
    vars(module)["posted"] = posted
    return module


def transaction(**context: object) -> tuple[Any, list[Callable[[], None]]]:
    """An `env` with both system parameters, and what is to run after its commit."""
    after: list[Callable[[], None]] = []
    values = {"shopsync_reverse.url": "http://sync.test/webhooks/odoo/boutique", "shopsync_reverse.secret": "s"}
    parameters = SimpleNamespace(get_param=values.get)
    hooks = SimpleNamespace(data={}, add=after.append)
    env = type("E", (dict,), {})({"ir.config_parameter": SimpleNamespace(sudo=lambda: parameters)})
    env.context, env.cr = context, SimpleNamespace(postcommit=hooks)
    return env, after


def test_hints_of_the_add_on_are_posted_once_per_record_after_the_commit(event: Any) -> None:
    env, after = transaction()

    event.send_hint_after_commit(env, "order", 7)
    event.send_hint_after_commit(env, "order", 7, "deleted")
    event.send_after_commit(env, "customer", "updated", 7, {"email": "john@example.com"})
    assert event.posted == []
    for function in after:
        function()

    hint, envelope = event.posted
    assert hint == {"entity_type": "order", "odoo_id": 7, "action": "deleted"}
    assert envelope["data"] == {"email": "john@example.com"}
    understood = parse_hint(json.dumps(hint).encode())
    assert understood is not None
    assert [str(each.entity_type) for each in understood.suspects] == ["order"]


def test_hints_of_our_own_changes_are_not_sent(event: Any) -> None:
    env, after = transaction(sync_origin="an-operation")

    event.send_hint_after_commit(env, "order", 7)

    assert after == []
