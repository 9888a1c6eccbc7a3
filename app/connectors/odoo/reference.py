"""What an Odoo seldom changes, between its own words and everybody's: countries, states, installed languages.

Kept per connection for `TTL_S`. What is not found is looked for once more, at most every `MISS_S`, because it may have
been added a minute ago.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.search import rows_of
from app.connectors.odoo.values import flag_of, id_of, text_of
from app.errors import Rejected

TTL_S: Final = 3600.0
MISS_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A state of a country, by its code there: `CA` in `US`."""

    number: int
    code: str
    country: int


class Lookup:
    """The rows of one model, by id, loaded when first asked for. For other small models of other ports too."""

    def __init__(
        self, client: OdooClient, model: str, fields: Sequence[str], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client, self._model, self._fields, self._clock = client, model, fields, clock
        self._lock = asyncio.Lock()
        self._rows: dict[int, Row] = {}
        self._loaded_at: float | None = None

    async def rows(self) -> Mapping[int, Row]:
        """Archived ones too."""
        return await self._younger_than(TTL_S)

    async def refreshed(self) -> Mapping[int, Row]:
        """For something that was not found: loaded anew unless that was just done."""
        return await self._younger_than(MISS_S)

    async def with_ids(self, numbers: set[int]) -> Mapping[int, Row]:
        """The rows, and surely these, if they exist at all."""
        rows = await self.rows()
        return rows if numbers <= rows.keys() else await self.refreshed()

    async def _younger_than(self, age_s: float) -> Mapping[int, Row]:
        async with self._lock:
            now = self._clock()
            if self._loaded_at is None or now - self._loaded_at >= age_s:
                rows = await rows_of(self._client, self._model, [], self._fields)
                self._rows = {number: row for row in rows if (number := id_of(row.get("id")))}
                self._loaded_at = now
            return self._rows


class Reference:
    """Codes for ids and ids for codes. Raises `Rejected` with the field's name for a code that Odoo lacks."""

    def __init__(self, client: OdooClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._languages = Lookup(client, "res.lang", ["code", "active"], clock=clock)
        self._countries = Lookup(client, "res.country", ["code"], clock=clock)
        self._states = Lookup(client, "res.country.state", ["code", "country_id"], clock=clock)

    async def country_codes(self, numbers: set[int]) -> Mapping[int, str]:
        """ISO code by id, of at least these countries."""
        rows = await self._countries.with_ids(numbers)
        return {number: code.upper() for number, row in rows.items() if (code := text_of(row.get("code")))}

    async def state_codes(self, numbers: set[int]) -> Mapping[int, str]:
        """Code by id, of at least these states; asked only where a record has one."""
        if not numbers:
            return {}
        return {number: region.code for number, region in _regions(await self._states.with_ids(numbers)).items()}

    async def country_id(self, code: str) -> int:
        for load in (self._countries.rows, self._countries.refreshed):
            for number, row in (await load()).items():
                if (text_of(row.get("code")) or "").upper() == code.upper():
                    return number
        raise Rejected(f"Odoo has no country {code[:20]!r}", field="country", code="unknown_country")

    async def state_id(self, code: str, *, country: int) -> int:
        """A state's code means something within its country only; `CA` is in six of them."""
        for load in (self._states.rows, self._states.refreshed):
            for number, region in _regions(await load()).items():
                if region.country == country and region.code.upper() == code.upper():
                    return number
        raise Rejected(f"Odoo has no state {code[:20]!r} in that country", field="state", code="unknown_state")

    async def language(self, wanted: str, *, now: str | None = None) -> str | None:
        """An installed language for the two letters (`fr` → `fr_FR`), the present one if it is of that kind.

        Of several the one that is named like its country (American, of English), then the first; None where none is
        installed.
        """
        fitting = await self._installed(wanted.lower())
        if now in fitting:
            return now
        main = "en_US" if wanted.lower() == "en" else f"{wanted.lower()}_{wanted.upper()}"
        return main if main in fitting else next(iter(fitting), None)

    async def _installed(self, language: str) -> list[str]:
        """Codes of the installed languages of this kind; Odoo knows all the others too, archived."""
        for load in (self._languages.rows, self._languages.refreshed):
            live = [row for row in (await load()).values() if flag_of(row.get("active"))]
            codes = sorted(code for row in live if (code := text_of(row.get("code"))))
            if fitting := [code for code in codes if language_of(code) == language]:
                return fitting
        return []


def language_of(code: str | None) -> str | None:
    """`fr_BE` → `fr`."""
    return code.split("_")[0].split("@")[0].lower() if code else None


def _regions(rows: Mapping[int, Row]) -> dict[int, Region]:
    return {
        number: Region(number=number, code=code, country=country)
        for number, row in rows.items()
        if (code := text_of(row.get("code"))) and (country := id_of(row.get("country_id")))
    }
