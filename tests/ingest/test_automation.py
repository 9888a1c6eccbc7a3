"""`shopsync odoo install` in conversation with an Odoo: what is made, mended, removed, and left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.connections.effective_sync import EffectiveSync
from app.connections.store import ConnectionView, LinkView
from app.connectors.odoo.automation import Act, Doing, Verdict
from app.db.session import SessionMaker
from app.entities.base import EntityType
from app.errors import ActionRequired, BadPayload, NotFound, Retryable
from app.ingest.automation import Login, Report, Terms, load_terms, manage
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.seed import ADMIN_UID, LIMITED_UID, seeded
from app.security.crypto import KeyRing
from tests.api.builders import make_link
from tests.connectors.odoo.servers import KEY, Recorder

URL = "https://sync.example"
SECRET = "a-secret-of-the-link"
PEOPLE = frozenset({EntityType.CUSTOMER, EntityType.ADDRESS})
VERSIONS = pytest.mark.parametrize("version", [17, 19])


def terms_of(*, entity_types: frozenset[EntityType] = PEOPLE, shared: bool = False, **credentials: str) -> Terms:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    link = LinkView(
        id=1,
        slug="boutique",
        modules={"prestashop": {}},
        reverse_sync=True,
        enabled=True,
        odoo_connection_id=1,
        shop_connection_id=2,
        shop_kind="prestashop",
        sync=EffectiveSync(),
        secrets=(SECRET,),
        updated_at=moment,
    )
    odoo = ConnectionView(
        id=1,
        name="erp",
        kind="odoo",
        url="http://odoo.test",
        options={},
        credentials={"database": "odoo", "username": "admin", "api_key": KEY, **credentials},
        updated_at=moment,
    )
    return Terms(link=link, odoo=odoo, entity_types=entity_types, extra={}, shared=shared)


class Odoo:
    """A sandbox and the command against it."""

    def __init__(self, version: int = 17) -> None:
        self.db: Database = seeded(version=version, api_key=KEY)
        self.recorder = Recorder(self.db)

    async def do(self, doing: Doing, *, terms: Terms | None = None, **options: Any) -> Report:
        given: dict[str, Any] = {"public_url": URL, **options}
        return await manage(terms or terms_of(), doing, transport=self.recorder, **given)

    def rules(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self.db.tables["base.automation"].values()]

    def rule(self, name: str) -> dict[str, Any]:
        """The table's own row, to be edited as a person edits it."""
        [row] = [
            row for row in self.db.tables["base.automation"].values() if row["name"] == f"[shopsync boutique] {name}"
        ]
        return row

    def action_of(self, rule: dict[str, Any]) -> dict[str, Any]:
        [action] = [
            row for row in self.db.tables["ir.actions.server"].values() if row["base_automation_id"] == rule["id"]
        ]
        return action

    def field_names(self, ids: object) -> set[str]:
        assert isinstance(ids, list)
        return {str(self.db.tables["ir.model.fields"][number]["name"]) for number in ids}


@VERSIONS
async def test_install_makes_a_rule_per_model_that_posts_to_the_links_door(version: int) -> None:
    odoo = Odoo(version)

    report = await odoo.do(Doing.INSTALL)

    assert report.right
    assert [act for act, _ in report.acts] == [Act.MAKE, Act.MAKE]
    rule = odoo.rule("res.partner")
    assert (rule["trigger"], rule["active"]) == ("on_create_or_write", True)
    assert rule["filter_domain"] == f"[('write_uid', '!=', {ADMIN_UID})]"
    fields = odoo.field_names(rule["trigger_field_ids"])
    assert {"name", "email", "street"} <= fields
    assert ("mobile" in fields) == (version == 17)
    action = odoo.action_of(rule)
    assert (action["state"], action["webhook_url"]) == ("webhook", f"{URL}/webhooks/odoo/boutique/{SECRET}")
    assert odoo.field_names(action["webhook_field_ids"]) == {"parent_id", "type"}


@VERSIONS
async def test_install_again_changes_nothing(version: int) -> None:
    odoo = Odoo(version)
    every = terms_of(entity_types=frozenset(EntityType))
    first = await odoo.do(Doing.INSTALL, terms=every)
    before = odoo.rules()

    again = await odoo.do(Doing.INSTALL, terms=every)

    assert first.right, [rule for rule in first.rules if rule.differences]
    assert (again.right, again.acts) == (True, ())
    assert odoo.rules() == before


async def test_all_rules_are_made_in_one_call() -> None:
    odoo = Odoo()

    report = await odoo.do(Doing.INSTALL, terms=terms_of(entity_types=frozenset(EntityType)))

    assert len(report.acts) > 10
    created = [body for body in odoo.recorder.bodies if "create" in body["params"]["args"]]
    assert len(created) == 1
    assert len(odoo.recorder.requests) <= 20


async def test_show_and_a_dry_run_do_nothing() -> None:
    odoo = Odoo()

    shown = await odoo.do(Doing.SHOW)
    dry = await odoo.do(Doing.INSTALL, dry_run=True)

    assert odoo.rules() == []
    assert {rule.verdict for rule in shown.rules} == {Verdict.MISSING}
    assert shown.acts == ()
    assert len(dry.acts) == 2
    assert not dry.right


async def test_what_a_person_changed_is_shown_left_by_install_and_mended_by_repair() -> None:
    odoo = Odoo()
    await odoo.do(Doing.INSTALL)
    rule = odoo.rule("res.partner")
    rule["active"] = False
    rule["filter_domain"] = False
    rule["trigger_field_ids"] = rule["trigger_field_ids"][1:]
    odoo.action_of(rule)["webhook_url"] = "https://elsewhere.example"

    installed = await odoo.do(Doing.INSTALL)

    assert (installed.right, installed.acts) == (False, ())
    said = " / ".join(installed.rules[0].differences)
    for words in ("switched off", "trigger fields: lacks", "lacks the guard", "address: another"):
        assert words in said
    assert SECRET not in said

    repaired = await odoo.do(Doing.REPAIR)

    assert (repaired.right, repaired.acts) == (True, ((Act.MEND, "[shopsync boutique] res.partner"),))
    assert len(odoo.rules()) == 2
    assert (await odoo.do(Doing.REPAIR)).acts == ()


async def test_a_rule_whose_action_was_deleted_gets_one_again() -> None:
    odoo = Odoo()
    await odoo.do(Doing.INSTALL)
    rule = odoo.rule("res.partner")
    del odoo.db.tables["ir.actions.server"][odoo.action_of(rule)["id"]]

    report = await odoo.do(Doing.REPAIR)

    assert report.right
    assert odoo.action_of(rule)["webhook_url"].endswith(SECRET)


async def test_a_secret_that_is_being_replaced_still_works_and_is_said() -> None:
    odoo = Odoo()
    await odoo.do(Doing.INSTALL)
    terms = terms_of()
    rotated = replace(terms, link=replace(terms.link, secrets=("the-newer-secret", SECRET)))

    shown = await odoo.do(Doing.SHOW, terms=rotated)
    repaired = await odoo.do(Doing.REPAIR, terms=rotated)

    assert {rule.differences for rule in shown.rules} == {("address: carries the older webhook secret",)}
    assert repaired.right
    assert odoo.action_of(odoo.rule("res.partner"))["webhook_url"].endswith("/the-newer-secret")


async def test_an_entity_type_that_was_switched_off_loses_its_rules_at_the_next_repair() -> None:
    odoo = Odoo()
    await odoo.do(Doing.INSTALL, terms=terms_of(entity_types=PEOPLE | {EntityType.LEAD}))

    repaired = await odoo.do(Doing.REPAIR)

    assert [name.removeprefix("[shopsync boutique] ") for _, name in repaired.acts] == ["crm.lead", "crm.lead deleted"]
    assert len(odoo.rules()) == 2


async def test_remove_leaves_the_rules_of_others() -> None:
    odoo = Odoo()
    await odoo.do(Doing.INSTALL)
    other = replace(terms_of(), link=replace(terms_of().link, slug="boutique-2"))
    await odoo.do(Doing.INSTALL, terms=other)
    model_id = odoo.rule("res.partner")["model_id"]
    odoo.db.add("base.automation", {"name": "Welcome mail", "model_id": model_id, "trigger": "on_create"})

    report = await odoo.do(Doing.REMOVE, public_url=None)

    assert (len(report.acts), report.rules) == (2, ())
    assert sorted(str(rule["name"]) for rule in odoo.rules()) == [
        "Welcome mail",
        "[shopsync boutique-2] res.partner",
        "[shopsync boutique-2] res.partner deleted",
    ]
    assert len(odoo.db.tables["ir.actions.server"]) == 2


async def test_where_another_link_uses_the_same_odoo_our_writes_are_told() -> None:
    odoo = Odoo()
    await odoo.do(Doing.INSTALL)

    shown = await odoo.do(Doing.SHOW, terms=terms_of(shared=True))

    assert "condition" in shown.rules[0].differences[0]


@VERSIONS
async def test_a_user_without_the_settings_right_is_told_what_it_takes(version: int) -> None:
    odoo = Odoo(version)

    with pytest.raises(ActionRequired, match="Administration: Settings") as caught:
        await odoo.do(Doing.INSTALL, terms=terms_of(username="limited", api_key=f"{KEY}-limited"))

    assert caught.value.code == "no_access"


async def test_an_administrator_may_install_for_a_user_who_may_not() -> None:
    odoo = Odoo()
    limited = terms_of(username="limited", api_key=f"{KEY}-limited")

    report = await odoo.do(Doing.INSTALL, terms=limited, login=Login(username="admin", api_key=KEY))

    assert report.right
    assert odoo.rule("res.partner")["filter_domain"] == f"[('write_uid', '!=', {LIMITED_UID})]"


async def test_an_odoo_before_17_is_said_to_be_polled() -> None:
    odoo = Odoo(16)

    with pytest.raises(ActionRequired, match="polling"):
        await odoo.do(Doing.INSTALL)


async def test_without_an_address_nothing_is_asked_of_odoo() -> None:
    odoo = Odoo()

    with pytest.raises(BadPayload, match="PUBLIC_URL"):
        await odoo.do(Doing.INSTALL, public_url=None)

    assert odoo.recorder.requests == []


async def test_a_link_that_takes_nothing_out_of_odoo_needs_no_rules() -> None:
    report = await Odoo().do(Doing.INSTALL, terms=terms_of(entity_types=frozenset()))

    assert report.rules == ()
    assert "name entity types under its `sync`" in report.notes[0]


async def test_the_terms_are_what_the_link_lets_out_of_odoo(sessions: SessionMaker) -> None:
    ring = KeyRing([b"k" * 32])
    await make_link(sessions, ring)
    async with sessions.begin() as session:
        await session.execute(
            text(
                """UPDATE links SET sync = '{"entities": {"customer": {}, "order": {"direction": "shop_to_odoo"},
                "lead": {}}, "mappings": [{"entity": "customer", "odoo_field": "ref", "shop_field": "siret"}]}'"""
            )
        )

    async with sessions() as session:
        terms = await load_terms(session, ring, "boutique")
        with pytest.raises(NotFound, match="there is no link"):
            await load_terms(session, ring, "nowhere")

    assert terms.entity_types == {EntityType.CUSTOMER}
    assert terms.extra == {EntityType.CUSTOMER: ("ref",)}
    assert terms.odoo.credentials["username"] == "admin"
    assert not terms.shared


async def test_an_odoo_that_does_not_answer_has_no_rules_missing() -> None:
    refused = httpx.MockTransport(lambda request: httpx.Response(503))

    with pytest.raises(Retryable, match="erp"):
        await manage(terms_of(), Doing.SHOW, public_url=URL, transport=refused)
