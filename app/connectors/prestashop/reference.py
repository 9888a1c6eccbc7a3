"""What a shop seldom changes: its languages, countries, states, currencies, order states, carriers, groups,
settings.

Kept per connection for `TTL_S`. Something that is not found is looked for once more in the shop, at most
every `MISS_S`, because it may have been added a minute ago; only then is it an error, which lists what there
is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import as_flag, as_int, as_str
from app.connectors.prestashop.options import PrestashopOptions
from app.entities.base import Json
from app.errors import NOT_PERMITTED, ActionRequired, Rejected

TTL_S: Final = 900.0
MISS_S: Final = 30.0
_SETTINGS: Final = (
    "PS_TIMEZONE",
    "PS_LANG_DEFAULT",
    "PS_CURRENCY_DEFAULT",
    "PS_COUNTRY_DEFAULT",
    "PS_CUSTOMER_GROUP",
    "PS_OS_PREPARATION",
    "PS_OS_SHIPPING",
    "PS_OS_DELIVERED",
    "PS_OS_CANCELED",
    "PS_OS_REFUND",
    "PS_OS_ERROR",
)
_CUSTOMER_GROUP: Final = 3
"""The id of the group "Customer" in every installation, unless `PS_CUSTOMER_GROUP` says otherwise."""


class _Table:
    """The rows of one resource, by id, loaded when first asked for."""

    def __init__(
        self,
        client: PrestashopClient,
        resource: str,
        display: Sequence[str],
        clock: Callable[[], float],
        filters: Mapping[str, str] | None = None,
        *,
        optional: bool = False,
    ) -> None:
        self._optional = optional
        self._client, self._resource, self._display, self._filters = client, resource, display, filters
        self._clock = clock
        self._lock = asyncio.Lock()
        self._rows: dict[int, Row] = {}
        self._loaded_at: float | None = None
        self._refused: str | None = None

    async def rows(self) -> Mapping[int, Row]:
        return await self._younger_than(TTL_S)

    async def refreshed(self) -> Mapping[int, Row]:
        return await self._younger_than(MISS_S)

    async def _younger_than(self, age_s: float) -> Mapping[int, Row]:
        async with self._lock:
            now = self._clock()
            if self._loaded_at is None or now - self._loaded_at >= age_s:
                await self._load()
                self._loaded_at = now
            if self._refused is not None:
                raise ActionRequired(self._refused, code=NOT_PERMITTED)
            return self._rows

    async def _load(self) -> None:
        """A key that may not read this is not asked again and again: the shop's settings are read with every batch."""
        self._refused = None
        try:
            rows = await self._client.rows(self._resource, display=self._display, filters=self._filters)
        except ActionRequired as error:
            if error.code != NOT_PERMITTED or not self._optional:
                raise
            self._refused = error.message
        else:
            self._rows = {as_int(row.get("id")): row for row in rows}


class Reference:
    """Ids for ISO codes and names, and whether an id exists. Raises `Rejected` with the field's name if
    not."""

    def __init__(
        self,
        client: PrestashopClient,
        options: PrestashopOptions,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options
        self._languages = _Table(client, "languages", ["id", "iso_code", "language_code", "active"], clock)
        self._countries = _Table(client, "countries", ["id", "iso_code", "active", "contains_states"], clock)
        self._states = _Table(client, "states", ["id", "id_country", "iso_code", "active"], clock)
        self._currencies = _Table(
            client, "currencies", ["id", "iso_code", "active", "deleted", "conversion_rate"], clock
        )
        self._order_states = _Table(client, "order_states", ["id", "name", "deleted", "paid", "shipped"], clock)
        self._carriers = _Table(client, "carriers", ["id", "name", "active", "deleted"], clock)
        self._groups = _Table(client, "groups", ["id"], clock)
        self._settings = _Table(
            client,
            "configurations",
            ["id", "name", "value"],
            clock,
            {"name": f"[{'|'.join(_SETTINGS)}]"},
            optional=True,
        )

    async def languages(self) -> dict[str, str]:
        """The active ones, `{"1": "en", "2": "fr"}`: texts must be sent in all of these (recording 661)."""
        rows = await self._languages.rows()
        return {str(key): as_str(row.get("iso_code")) or "" for key, row in rows.items() if _is_active(row)}

    async def only_language(self) -> str | None:
        """The id of the one active language, in which case the shop gives texts without a language (970)."""
        languages = list(await self.languages())
        return languages[0] if len(languages) == 1 else None

    async def language(self, wanted: int | str, *, field: str = "id_lang") -> int:
        return (await self._find(self._languages, wanted, field=field, what="language"))[0]

    async def default_language(self) -> int:
        if self._options.default_language:
            return await self.language(self._options.default_language, field="default_language")
        configured = await self._number("PS_LANG_DEFAULT")
        return configured or int(next(iter(await self.languages()), "1"))

    async def country(self, wanted: int | str, *, field: str = "id_country") -> Row:
        return (await self._find(self._countries, wanted, field=field, what="country"))[1]

    async def default_country(self) -> Row:
        if self._options.default_country:
            return await self.country(self._options.default_country, field="default_country")
        if configured := await self._number("PS_COUNTRY_DEFAULT"):
            return await self.country(configured)
        raise ActionRequired(
            "no country given and the shop's own is not readable; set the option default_country, or let the key "
            "GET configurations",
            code="no_default_country",
        )

    async def state(self, wanted: int | str, *, country: int | None, field: str = "id_state") -> Row:
        """A state by id, or by its code within `country`; a code that only one country has needs no
        country."""
        if isinstance(wanted, int):
            return (await self._find(self._states, wanted, field=field, what="state"))[1]
        for rows in (await self._states.rows(), await self._states.refreshed()):
            found = [
                row
                for row in rows.values()
                if _code(row) == wanted.lower() and country in (None, as_int(row.get("id_country")))
            ]
            if len(found) == 1:
                return found[0]
        if found:
            raise Rejected(f'{field} "{wanted}" is a state of several countries; send the country too', field=field)
        raise Rejected(f'{field} "{wanted}" is no state of that country in the shop', field=field)

    async def currency(self, wanted: int | str, *, field: str = "id_currency") -> Row:
        row = (await self._find(self._currencies, wanted, field=field, what="currency"))[1]
        if as_flag(row.get("deleted")):
            raise Rejected(f"{field} {wanted} is a currency the shop has deleted", field=field)
        return row

    async def default_currency(self) -> Row:
        if self._options.default_currency:
            return await self.currency(self._options.default_currency, field="default_currency")
        if configured := await self._number("PS_CURRENCY_DEFAULT"):
            return await self.currency(configured)
        usable = [row for row in (await self._currencies.rows()).values() if _is_active(row)]
        if len(usable) == 1:
            return usable[0]
        raise ActionRequired(
            "no currency given and the shop's own is not readable; set the option default_currency, or let the key "
            "GET configurations",
            code="no_default_currency",
        )

    async def selling_currency(self) -> str | None:
        """The code of what products are priced in; None where the key may not see it."""
        try:
            return (_code(await self.default_currency()) or "").upper() or None
        except (ActionRequired, Rejected):
            return None

    async def language_code(self, number: Json) -> str | None:
        """`fr`, also of a French of Canada that the shop calls `qc`."""
        row = await self._row(self._languages, number)
        return (_spoken(row) or None) if row else None

    async def language_spoken(self, code: str, *, now: Json = None) -> int | None:
        """An active language of that kind: `now` if it is one, else the one that is called so, else the first."""
        for rows in (await self._languages.rows(), await self._languages.refreshed()):
            fitting = {number: row for number, row in rows.items() if _is_active(row) and _spoken(row) == code.lower()}
            if isinstance(now, int) and now in fitting:
                return now
            if fitting:
                return next((number for number, row in fitting.items() if _code(row) == code.lower()), min(fitting))
        return None

    async def country_code(self, number: Json) -> str | None:
        return await self._code_of(self._countries, number)

    async def state_code(self, number: Json) -> str | None:
        """`CA`: some countries' states are written `MX-CHP`."""
        code = await self._code_of(self._states, number)
        return code.rpartition("-")[2] if code else None

    async def currency_code(self, number: Json) -> str | None:
        """Also of one that the shop has deleted: old orders keep it."""
        return await self._code_of(self._currencies, number)

    async def carrier_name(self, number: Json) -> str | None:
        """Also of an old version: an edited carrier gets a new id, and orders keep the old."""
        row = await self._row(self._carriers, number)
        return as_str(row.get("name")) if row else None

    async def state_by_code(self, code: str, country: int) -> int | None:
        """The id of `CA` or `MX-CHP` in that country; None where the shop does not have it."""
        for rows in (await self._states.rows(), await self._states.refreshed()):
            for number, row in rows.items():
                if as_int(row.get("id_country")) == country and _code(row).rpartition("-")[2] == code.lower():
                    return number
        return None

    async def order_states(self, *, fresh: bool = False) -> Mapping[int, Row]:
        """All that there are, with what they mean (`paid`, `shipped`, …)."""
        return await (self._order_states.refreshed() if fresh else self._order_states.rows())

    async def setting_id(self, name: str) -> int:
        """An id among the shop's settings; 0 where it is not set, or the key may not read them."""
        return await self._number(name)

    async def order_state(self, wanted: int | str, *, field: str = "current_state") -> int:
        """An id, or a name from the option `order_status_map`. The shop answers an unknown id with an empty
        500."""
        names = {name.casefold(): number for name, number in self._options.order_status_map.items()}
        number = wanted if isinstance(wanted, int) else names.get(wanted.casefold())
        if number is None:
            known = ", ".join(sorted(names)) or "none yet"
            raise Rejected(
                f'{field} "{wanted}" is not in the option order_status_map (known: {known}); add it, or send the '
                "id of a state",
                field=field,
            )
        return (await self._find(self._order_states, number, field=field, what="order state"))[0]

    async def carrier(self, wanted: int, *, field: str = "id_carrier") -> int:
        number, row = await self._find(self._carriers, wanted, field=field, what="carrier")
        if as_flag(row.get("deleted")):
            raise Rejected(
                f"{field} {wanted} is an old version of a carrier; the shop gives it a new id whenever it is edited",
                field=field,
            )
        return number

    async def group(self, wanted: int, *, field: str = "groups") -> int:
        return (await self._find(self._groups, wanted, field=field, what="customer group"))[0]

    async def default_groups(self) -> list[int]:
        if self._options.default_customer_groups:
            return [await self.group(number) for number in self._options.default_customer_groups]
        return [await self._number("PS_CUSTOMER_GROUP") or _CUSTOMER_GROUP]

    async def local_time(self, moment: str, *, field: str) -> str:
        """`2026-01-01T10:00:00+00:00` on the shop's clock; a time without an offset is on it already."""
        parsed = datetime.fromisoformat(moment)
        if parsed.tzinfo is None:
            return moment
        zone = await self.time_zone()
        if zone is None:
            raise Rejected(
                f"{field} has an offset, but the shop's time zone is not known; send shop time without one, or set "
                "the option time_zone",
                field=field,
            )
        return parsed.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")

    async def utc(self, local: Json, *, field: str) -> str | None:
        """A moment of the shop's clock as ISO text in UTC; None for none. The inverse of `local_time`."""
        moment = _moment(local)
        if moment is None:
            return None
        zone = await self.time_zone()
        if zone is None:
            raise ActionRequired(
                f"{field}: the shop's time zone is not known; set the option time_zone, or let the key GET "
                "configurations",
                code="no_time_zone",
            )
        return moment.replace(tzinfo=zone).astimezone(UTC).isoformat(timespec="seconds")

    async def time_zone(self) -> ZoneInfo | None:
        name = self._options.time_zone or await self._setting("PS_TIMEZONE")
        try:
            return ZoneInfo(name) if name else None
        except (ZoneInfoNotFoundError, ValueError):
            return None

    async def _find(self, table: _Table, wanted: int | str, *, field: str, what: str) -> tuple[int, Row]:
        for rows in (await table.rows(), await table.refreshed()):
            for number, row in rows.items():
                if number == wanted or (isinstance(wanted, str) and _code(row) == wanted.lower()):
                    return number, row
        raise Rejected(f"{field} {wanted} is no {what} of the shop; it has {_listing(rows)}", field=field)

    async def _row(self, table: _Table, number: Json) -> Row | None:
        """Looked for once more where it is not known, as everything here."""
        if not isinstance(number, int) or not number:
            return None
        return (await table.rows()).get(number) or (await table.refreshed()).get(number)

    async def _code_of(self, table: _Table, number: Json) -> str | None:
        row = await self._row(table, number)
        return _code(row).upper() if row and _code(row) else None

    async def _number(self, name: str) -> int:
        return as_int(await self._setting(name))

    async def _setting(self, name: str) -> str | None:
        """None too if the key may not read settings, which hold passwords: every use of one has an option."""
        try:
            rows = await self._settings.rows()
        except ActionRequired as error:
            if error.code == NOT_PERMITTED:
                return None
            raise
        values = (as_str(row.get("value")) for row in rows.values() if row.get("name") == name)
        return next(values, None)


def _moment(local: Json) -> datetime | None:
    """None for what is no date: "0000-00-00 00:00:00", and whatever else MySQL was told to keep."""
    try:
        return datetime.fromisoformat(local) if isinstance(local, str) else None
    except ValueError:
        return None


def _is_active(row: Row) -> bool:
    return as_flag(row.get("active")) and not as_flag(row.get("deleted"))


def _spoken(row: Row) -> str:
    """`pt` of `pt-br`; what the shop itself calls a language (`br`, `gb`, `qc`) may name a country."""
    return ((as_str(row.get("language_code")) or "")[:2] or _code(row)[:2]).lower()


def _code(row: Row) -> str:
    return (as_str(row.get("iso_code")) or "").lower()


def _listing(rows: Mapping[int, Row]) -> str:
    """The active ones by code, or all by id: what the sender can choose from."""
    active = [_code(row).upper() for row in rows.values() if as_flag(row.get("active")) and _code(row)]
    names = sorted(active) or [str(number) for number in sorted(rows)]
    return ", ".join(names[:40]) + (" …" if len(names) > 40 else "")
