"""The modules as operators see them, and what their settings amount to on a link."""

from __future__ import annotations

import httpx

from app.api.state import ApiState
from app.db.session import SessionMaker
from app.modules.registry import BUILT_IN
from tests.api.builders import make_link


async def test_each_module_is_shown_with_the_schema_of_its_settings(operator: httpx.AsyncClient) -> None:
    shown = {each["name"]: each for each in (await operator.get("/modules")).json()}

    assert shown.keys() == {module.name for module in BUILT_IN}
    crm, sales = shown["crm"], shown["sales"]
    assert (crm["entity_types"], crm["shop_kinds"], crm["exclusive_group"]) == (["customer", "lead"], None, None)
    assert crm["settings"]["properties"]["archive_on_delete"]["default"] is True
    assert sales["exclusive_group"] == shown["woocommerce"]["exclusive_group"] == shown["prestashop"]["exclusive_group"]
    assert sales["settings"]["properties"]["orders_per_page"]["maximum"] == 100
    assert not any(each["plugin"] for each in shown.values())
    for each in shown.values():
        assert each["settings"]["additionalProperties"] is False
        assert all(one.get("description") for one in each["settings"]["properties"].values()), each["name"]


async def test_a_link_shows_what_was_written_and_what_is_in_force(
    operator: httpx.AsyncClient, state: ApiState, sessions: SessionMaker
) -> None:
    await make_link(sessions, state.ring, modules={"crm": {"archive_on_delete": False}})

    answer = await operator.put("/links/boutique/sync", json={"entities": {"customer": {"on_delete": "archive"}}})

    assert "sync.entities.lead.direction: off → both" in answer.json()["changes"]
    link = (await operator.get("/links/boutique")).json()
    # Archiving is the default; written out, it goes before what the module says.
    assert link["sync"] == {"entities": {"customer": {"on_delete": "archive"}}}
    assert link["in_force"] == {"entities": {"customer": {}, "lead": {}}}
    taken = {cell["entity_type"]: cell["direction"] for cell in link["capabilities"]["cells"]}
    assert taken == {"customer": "both", "lead": "both"}


async def test_a_rule_that_is_patched_leaves_the_modules_as_they_are(
    operator: httpx.AsyncClient, state: ApiState, sessions: SessionMaker
) -> None:
    await make_link(sessions, state.ring, modules={"crm": {}})
    await operator.put("/links/boutique/sync", json={})

    answer = await operator.patch("/links/boutique", json={"conflict_rule": "manual"})

    assert answer.json()["changes"] == ["sync.conflict_rule: newest_wins → manual"]
    link = (await operator.get("/links/boutique")).json()
    assert (link["sync"], link["in_force"]["entities"].keys()) == ({"conflict_rule": "manual"}, {"customer", "lead"})


async def test_a_type_that_a_setting_switches_off_cannot_be_named(
    operator: httpx.AsyncClient, state: ApiState, sessions: SessionMaker
) -> None:
    await make_link(sessions, state.ring, modules={"crm": {"lead_form_enabled": False}})

    answer = await operator.put("/links/boutique/sync", json={"entities": {"lead": {}}})

    assert (answer.status_code, answer.json()["field"]) == (400, "sync.entities.lead")
    assert answer.json()["detail"] == (
        "sync.entities.lead: modules.crm.lead_form_enabled switches lead off; take one of the two out"
    )
    assert (await operator.put("/links/boutique/sync", json={"entities": {"lead": {"direction": "off"}}})).is_success
