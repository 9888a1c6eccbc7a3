"""Countries, states and languages of an Odoo, and how long they are believed."""

from __future__ import annotations

import pytest

from app.connectors.odoo.reference import MISS_S, TTL_S, Reference, language_of
from app.errors import Rejected
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.servers import KEY, Recorder, open_odoo


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def opened() -> tuple[Reference, Clock, Database, Recorder]:
    db = seeded(api_key=KEY)
    connector, recorder = open_odoo(db=db)
    clock = Clock()
    return Reference(connector.client, clock=clock), clock, db, recorder


async def test_a_country_that_was_added_a_minute_ago_is_found() -> None:
    reference, clock, db, _ = opened()
    await reference.country_id("FR")
    spain = db.add("res.country", {"name": "Spain", "code": "ES"})

    with pytest.raises(Rejected):
        await reference.country_id("es")
    clock.now += MISS_S

    assert await reference.country_id("es") == spain
    assert (await reference.country_codes({spain}))[spain] == "ES"


async def test_what_is_known_is_not_asked_again_before_its_time() -> None:
    reference, clock, _, recorder = opened()
    await reference.country_id("FR")
    asked = len(recorder.requests)

    await reference.country_id("DE")
    await reference.country_codes({75, 233})
    clock.now += TTL_S - 1
    await reference.country_id("US")
    assert len(recorder.requests) == asked

    clock.now += 1
    await reference.country_id("US")
    assert len(recorder.requests) == asked + 1


async def test_a_code_that_odoo_lacks_is_not_asked_for_at_every_record() -> None:
    reference, _, _, recorder = opened()
    await reference.country_id("FR")
    asked = len(recorder.requests)

    for _ in range(3):
        with pytest.raises(Rejected) as refused:
            await reference.country_id("ZZ")

    assert refused.value.field == "country"
    assert len(recorder.requests) == asked


async def test_the_same_code_is_another_state_in_another_country() -> None:
    reference, _, db, _ = opened()
    italian = db.add("res.country.state", {"name": "Cagliari", "code": "CA", "country_id": 75})

    assert await reference.state_id("ca", country=233) == 13
    assert await reference.state_id("CA", country=75) == italian
    with pytest.raises(Rejected):
        await reference.state_id("CA", country=57)


async def test_a_language_is_an_installed_one_of_its_kind() -> None:
    reference, _, db, _ = opened()
    for code in ("en_GB", "en_AU", "de_CH", "de_AT"):
        db.add("res.lang", {"name": code, "code": code, "iso_code": code})

    assert await reference.language("en") == "en_US"
    assert await reference.language("EN", now="en_GB") == "en_GB"
    assert await reference.language("de") == "de_AT"
    assert await reference.language("zu") is None


async def test_a_language_that_was_installed_a_minute_ago_is_found() -> None:
    reference, clock, db, _ = opened()
    db.add("res.lang", {"name": "Zulu", "code": "zu_ZA", "iso_code": "zu", "active": False}, row_id=77)
    assert await reference.language("zu") is None

    db.tables["res.lang"][77]["active"] = True
    clock.now += MISS_S

    assert await reference.language("zu") == "zu_ZA"


@pytest.mark.parametrize(("code", "language"), [("fr_BE", "fr"), ("sr@latin", "sr"), ("ar", "ar"), (None, None)])
def test_a_language_is_the_first_part_of_its_code(code: str | None, language: str | None) -> None:
    assert language_of(code) == language
