"""Odoo as a `Connector`: its ports, and what `shopsync connection test` shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

import httpx

from app.connectors.base import Capability, ConnectionReport, RecordPort
from app.connectors.http import PeerClient
from app.connectors.odoo.capabilities import CAPABILITIES
from app.connectors.odoo.client import OdooClient, Protocol
from app.connectors.odoo.moments import to_odoo_moment
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.ports import open_ports
from app.connectors.odoo.records import is_id
from app.connectors.odoo.rights import ask_rights
from app.connectors.odoo.server import Server, web_answers
from app.connectors.odoo.transport import NoCookies
from app.entities.base import EntityType, Json
from app.errors import AppError, BadPayload, Retryable

KIND: Final = "odoo"
MAX_CLOCK_OFFSET: Final = timedelta(seconds=30)
WARN_BEFORE_EXPIRY: Final = timedelta(days=14)
KEYS_EXPIRE_SINCE: Final = 19
DEFAULTS: Final = OdooOptions()
NO_EXTRA: Final[Mapping[EntityType, Sequence[str]]] = MappingProxyType({})

# How a refusal of the whole API may look. Nobody recorded it: any of these, from a server whose web pages answer.
API_REFUSED: Final = frozenset({"bad_login", "forbidden", "redirected", "wrong_address"})
NO_API: Final = (
    "the web pages of this Odoo answer and its API does not: if address, user and key are right, its plan may have no "
    "external API (Odoo Online's One App Free and Standard plans have none, the Custom plan has)"
)

MARKED: Final = {
    EntityType.CUSTOMER: "res.partner",
    EntityType.ADDRESS: "res.partner",
    EntityType.CATEGORY: "product.category",
    EntityType.PRODUCT: "product.template",
    EntityType.COUPON: "loyalty.program",
    EntityType.LEAD: "crm.lead",
    EntityType.ORDER: "sale.order",
    EntityType.REFUND: "account.move",
}
"""Models whose records are made under a marker."""


class OdooConnector:
    """One open connection to an Odoo database. `transport` replaces the network in tests.

    `protocol` is the connection's `transport` setting. `entity_types` are those of the enabled modules, for the
    report; None asks about all. `extra`: names of an operator's own fields per entity type.
    """

    def __init__(
        self,
        base_url: str,
        database: str,
        username: str,
        api_key: str,
        *,
        name: str,
        protocol: Protocol = "auto",
        lang: str = "en_US",
        company_ids: Sequence[int] = (),
        options: OdooOptions = DEFAULTS,
        extra: Mapping[EntityType, Sequence[str]] = NO_EXTRA,
        entity_types: Collection[EntityType] | None = None,
        timeout_s: float = 30.0,
        width: int = 4,
        verify_tls: bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._name = name
        self._database = database
        self._entity_types = entity_types
        self._now = now
        self._peer = PeerClient(
            base_url,
            name=name,
            kind="odoo",
            auth=NoCookies(),
            timeout_s=timeout_s,
            width=width,
            verify_tls=verify_tls,
            transport=transport,
        )
        self.client = OdooClient(
            self._peer,
            database=database,
            username=username,
            api_key=api_key,
            protocol=protocol,
            lang=lang,
            company_ids=company_ids,
            now=now,
        )
        self._ports = open_ports(self.client, options, extra)

    @property
    def capabilities(self) -> Sequence[Capability]:
        return CAPABILITIES

    def port(self, entity_type: EntityType) -> RecordPort:
        if port := self._ports.get(entity_type):
            return port
        raise BadPayload(f"{self._name}: Odoo has no port for {entity_type}", code="no_port", field="entity_type")

    async def test(self) -> ConnectionReport:
        """`ok`: we can log in and work with contacts. `problems` also names what some entity types miss."""
        details: dict[str, Json] = {"database": self._database}
        try:
            server = await self.client.server()
        except AppError as error:
            return await self._failed(error, {}, version=None)
        try:
            transport = await self.client.transport()
            details |= {"transport": transport.protocol, "uid": await transport.uid()}
            rights = await ask_rights(self.client, self._entity_types)
            expiring = await self._expiring_keys(server)
        except AppError as error:
            return await self._failed(error, details, version=server.version)
        details["rights"] = rights.granted
        if server.clock_offset is not None:
            details["clock_offset_s"] = round(server.clock_offset.total_seconds(), 1)
        problems = (*rights.blocking, *rights.missing, *_clock_problems(server), *expiring)
        return ConnectionReport(
            ok=not rights.blocking, kind=KIND, version=server.version, details=details, problems=problems
        )

    async def find_marked(self, markers: Sequence[str]) -> dict[str, str]:
        """Records that have one of these markers as their external id (`connectors.base.Marking`)."""
        found = await self.client.find_markers(markers)
        return {marker: str(number) for marker, number in found.items() if number is not None}

    async def markers_of(self, entity_type: EntityType, native_ids: Sequence[str]) -> dict[str, str]:
        """Their external ids; of a record that has several Odoo names one."""
        model = MARKED.get(entity_type)
        ids = [int(number) for number in native_ids if is_id(number)]
        found = await self.client.markers_of(model, ids) if model is not None else {}
        return {str(number): marker for number, marker in found.items()}

    async def aclose(self) -> None:
        await self._peer.aclose()

    async def _failed(self, error: AppError, details: dict[str, Json], *, version: str | None) -> ConnectionReport:
        refused = error.code in API_REFUSED and await web_answers(self._peer)
        problems = (error.message, NO_API) if refused else (error.message,)
        return ConnectionReport(ok=False, kind=KIND, version=version, details=details, problems=problems)

    async def _expiring_keys(self, server: Server) -> list[str]:
        """Which of the user's keys run out soon; which of them is ours cannot be read (19.0)."""
        if server.major < KEYS_EXPIRE_SINCE:
            return []
        soon = to_odoo_moment(self._now() + WARN_BEFORE_EXPIRY)
        domain: list[Json] = [["expiration_date", "!=", False], ["expiration_date", "<", soon]]
        try:
            keys = await self.client.search_read("res.users.apikeys", domain, ["name", "expiration_date"])
        except Retryable:
            raise
        except AppError:
            return []
        return [
            f"API key {key.get('name')!r} of this user expires {key.get('expiration_date')} UTC; if it is "
            "this connection's, make a new one in Odoo and set it here"
            for key in keys
        ]


def _clock_problems(server: Server) -> list[str]:
    if server.clock_offset is None or abs(server.clock_offset) <= MAX_CLOCK_OFFSET:
        return []
    return [
        f"the clocks differ by {abs(server.clock_offset.total_seconds()):.0f} s; set both machines to "
        "network time, or polling by date misses changes"
    ]
