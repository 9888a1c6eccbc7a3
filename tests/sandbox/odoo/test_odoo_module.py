"""The add-on in `integrations/odoo`, run against a stand-in for the few parts of Odoo it touches."""

from __future__ import annotations

import ast
import importlib
import json
import py_compile
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3] / "integrations/odoo"
FILES = sorted(ROOT.rglob("*.py"))
URL, SECRET = "http://sync.test/webhooks/odoo/boutique", "the-webhook-secret"


class Hooks:
    """`cr.postcommit`: functions and a place for data, both forgotten by a rollback."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.functions: list[Callable[[], None]] = []

    def add(self, function: Callable[[], None]) -> None:
        self.functions.append(function)

    def clear(self) -> None:
        self.data.clear()
        self.functions.clear()

    def run(self) -> None:
        for function in list(self.functions):
            function()
        self.clear()


class Parameters(dict[str, str]):
    def sudo(self) -> Parameters:
        return self

    def get_param(self, key: str) -> str | None:
        return self.get(key)


class Env(dict[str, Any]):
    def __init__(self, **context: object) -> None:
        parameters = {"shopsync_reverse.url": URL, "shopsync_reverse.secret": SECRET}
        super().__init__({"ir.config_parameter": Parameters(parameters)})
        self.context = context
        self.cr = SimpleNamespace(postcommit=Hooks())


class FakeModel:
    """`models.Model` as one record: iterating gives itself, `write` sets attributes."""

    def __init__(self, env: Env, **values: object) -> None:
        self.env = env
        self.id = 123
        values = {
            "name": "John Doe",
            "email": "john@example.com",
            "active": True,
            "company_name": False,
            "parent_id": False,
            "shopsync_customer_id": 0,
            **values,
        }
        vars(self).update(values)

    def __iter__(self) -> Iterator[FakeModel]:
        yield self

    def ensure_one(self) -> None:
        pass

    def create(self, vals_list: list[dict[str, object]]) -> FakeModel:
        vars(self).update(vals_list[0])
        return self

    def write(self, vals: dict[str, object]) -> bool:
        vars(self).update(vals)
        return True


class Requests(ModuleType):
    """`requests.post`, which answers 202, or raises what a test puts into `raises`."""

    def __init__(self) -> None:
        super().__init__("requests")
        self.raises: Exception | None = None
        self.posts: list[dict[str, Any]] = []

    def post(self, url: str, **options: Any) -> object:
        self.posts.append({"url": url, **options})
        if self.raises:
            raise self.raises
        return SimpleNamespace(status_code=202)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(post["data"]) for post in self.posts]


@pytest.fixture
def requests() -> Requests:
    return Requests()


@pytest.fixture
def partner_class(monkeypatch: pytest.MonkeyPatch, requests: Requests) -> Iterator[Any]:
    odoo = ModuleType("odoo")
    vars(odoo).update(
        api=SimpleNamespace(model_create_multi=lambda method: method),
        fields=SimpleNamespace(Integer=lambda *args, **options: 0),
        models=SimpleNamespace(Model=FakeModel),
    )
    monkeypatch.setitem(sys.modules, "odoo", odoo)
    monkeypatch.setitem(sys.modules, "requests", requests)
    monkeypatch.syspath_prepend(str(ROOT))
    for name in [name for name in sys.modules if name.startswith("shopsync_reverse")]:
        monkeypatch.delitem(sys.modules, name)
    module = importlib.import_module("shopsync_reverse.models.res_partner")
    yield module.ResPartner
    for name in [name for name in sys.modules if name.startswith("shopsync_reverse")]:
        del sys.modules[name]


def test_every_file_compiles_and_the_manifest_is_one_dictionary(tmp_path: Path) -> None:
    assert len(FILES) >= 5
    for number, file in enumerate(FILES):
        py_compile.compile(str(file), cfile=str(tmp_path / str(number)), doraise=True)

    manifest = ast.literal_eval((ROOT / "shopsync_reverse/__manifest__.py").read_text())
    assert manifest["depends"] == ["base"]


def test_a_change_is_posted_after_the_commit_and_not_before(partner_class: Any, requests: Requests) -> None:
    env = Env()
    partner = partner_class(env, shopsync_customer_id=67)

    partner.write({"name": "Jane Roe", "phone": "1"})
    assert requests.posts == []
    env.cr.postcommit.run()

    event = requests.events[0]
    assert requests.posts[0]["url"] == URL
    assert requests.posts[0]["headers"]["X-Webhook-Secret"] == SECRET
    assert requests.posts[0]["timeout"] == 1.0
    assert event.pop("event_id").startswith("odoo-customer-123-")
    assert event == {
        "entity_type": "customer",
        "action_type": "updated",
        "data": {"id": 67, "email": "john@example.com", "firstname": "Jane", "lastname": "Roe"},
    }


def test_several_edits_in_one_transaction_are_one_event(partner_class: Any, requests: Requests) -> None:
    env = Env()
    partner = partner_class(env)

    partner.create([{"name": "John Doe"}])
    partner.write({"email": "new@example.com"})
    env.cr.postcommit.run()

    assert [event["action_type"] for event in requests.events] == ["created"]
    assert requests.events[0]["data"]["email"] == "new@example.com"
    assert requests.events[0]["data"]["lastname"] == "Doe"


def test_a_rollback_sends_nothing(partner_class: Any, requests: Requests) -> None:
    env = Env()
    partner_class(env).write({"name": "Jane Roe"})

    env.cr.postcommit.clear()
    env.cr.postcommit.run()

    assert requests.posts == []


@pytest.mark.parametrize(
    ("values", "vals", "context"),
    [
        ({}, {"name": "Jane"}, {"sync_origin": "op-1"}),
        ({}, {"phone": "1"}, {}),
        ({"email": False}, {"name": "Jane"}, {}),
        ({"parent_id": 7}, {"name": "Jane"}, {}),
    ],
    ids=["the service's own write", "another field", "no e-mail address", "a contact of a company"],
)
def test_what_is_no_news_for_the_shop_is_not_sent(
    partner_class: Any,
    requests: Requests,
    values: dict[str, object],
    vals: dict[str, object],
    context: dict[str, object],
) -> None:
    env = Env(**context)

    partner_class(env, **values).write(vals)
    env.cr.postcommit.run()

    assert requests.posts == []


@pytest.mark.parametrize("missing", ["shopsync_reverse.url", "shopsync_reverse.secret"])
def test_nothing_is_sent_before_address_and_secret_are_set(
    partner_class: Any, requests: Requests, missing: str
) -> None:
    env = Env()
    del env["ir.config_parameter"][missing]

    partner_class(env).write({"name": "Jane"})
    env.cr.postcommit.run()

    assert requests.posts == []


def test_a_receiver_in_trouble_is_logged_without_its_address_and_does_not_reach_the_user(
    partner_class: Any, requests: Requests, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING")
    env = Env()
    requests.raises = ConnectionError(f"refused: {URL}")

    assert partner_class(env).write({"name": "Jane"}) is True
    env.cr.postcommit.run()

    assert len(requests.posts) == 1
    assert "ConnectionError" in caplog.text
    assert URL not in caplog.text
    assert SECRET not in caplog.text


def test_a_fault_of_the_module_itself_does_not_reach_the_user(partner_class: Any, requests: Requests) -> None:
    env = Env()
    del env["ir.config_parameter"]

    assert partner_class(env).write({"name": "Jane"}) is True
    env.cr.postcommit.run()

    assert requests.posts == []


def test_the_shop_needs_two_names_where_odoo_has_one(partner_class: Any) -> None:
    split_name = sys.modules[partner_class.__module__].split_name

    assert split_name("John van Doe") == {"firstname": "John van", "lastname": "Doe"}
    assert split_name("Cher") == {"firstname": "Cher", "lastname": "Cher"}
    assert split_name(False) == {"firstname": "", "lastname": ""}
