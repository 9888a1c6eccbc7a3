"""Odoo as a `Connector`: what `shopsync connection test` shows, and the place the entity ports hang on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from app.connectors.base import Capability, ConnectionReport, EntityPort
from app.connectors.http import PeerClient
from app.connectors.odoo.client import OdooClient, Protocol
from app.connectors.odoo.server import Server
from app.connectors.odoo.transport import NoCookies
from app.entities.base import EntityType, Json
from app.errors import AppError, BadPayload, Retryable

KIND: Final = "odoo"
MAX_CLOCK_OFFSET = timedelta(seconds=30)
WARN_BEFORE_EXPIRY = timedelta(days=14)
KEYS_EXPIRE_SINCE: Final = 19


@dataclass(frozen=True, slots=True)
class Need:
    """What we do with one model. An absent app is shown; it is a problem only where `required`."""

    model: str
    operations: tuple[str, ...]
    purpose: str
    required: bool = False


NEEDS: Final = (
    Need("res.partner", ("read", "create", "write"), "customers and addresses", required=True),
    Need("sale.order", ("read", "create", "write"), "orders"),
    Need("product.product", ("read", "create", "write"), "products"),
    Need("stock.quant", ("read", "create", "write"), "stock"),
    Need("account.move", ("read",), "invoices"),
    Need("loyalty.program", ("read", "create", "write"), "coupons"),
    Need("crm.lead", ("read", "create", "write"), "leads"),
)


class OdooConnector:
    """One open connection to an Odoo database. `transport` replaces the network in tests."""

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
        timeout_s: float = 30.0,
        width: int = 4,
        verify_tls: bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._name = name
        self._database = database
        self._now = now
        self._peer = PeerClient(
            base_url,
            name=name,
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

    @property
    def capabilities(self) -> Sequence[Capability]:
        """None yet: this service writes what Odoo sends into the shop, and reads or writes no record in Odoo.

        The events of the reverse sync carry their data with them, so no port is needed to follow them;
        each entity type that is to be read from or written into Odoo adds its port and its cell here.
        """
        return ()

    def port(self, entity_type: EntityType) -> EntityPort:
        raise BadPayload(f"{self._name}: Odoo has no port for {entity_type}", code="no_port", field="entity_type")

    async def test(self) -> ConnectionReport:
        """`ok`: we can log in and work with contacts. `problems` also names what some entity types miss."""
        try:
            server = await self.client.server()
        except AppError as error:
            return ConnectionReport(ok=False, kind=KIND, problems=(error.message,))
        details: dict[str, Json] = {"database": self._database}
        try:
            transport = await self.client.transport()
            details |= {"protocol": transport.protocol, "uid": await transport.uid()}
            rights, blocking, missing = await self._rights()
            expiring = await self._expiring_keys(server)
        except AppError as error:
            return ConnectionReport(
                ok=False, kind=KIND, version=server.version, details=details, problems=(error.message,)
            )
        details["rights"] = rights
        if server.clock_offset is not None:
            details["clock_offset_s"] = round(server.clock_offset.total_seconds(), 1)
        problems = (*blocking, *missing, *self._clock_problems(server), *expiring)
        return ConnectionReport(ok=not blocking, kind=KIND, version=server.version, details=details, problems=problems)

    async def aclose(self) -> None:
        await self._peer.aclose()

    async def _rights(self) -> tuple[dict[str, Json], list[str], list[str]]:
        """Per model its state, and the problems: what stops everything, what stops one entity type."""
        rights: dict[str, Json] = {}
        blocking: list[str] = []
        missing: list[str] = []
        for need in NEEDS:
            lacking = await self._lacking(need)
            rights[need.model] = "not installed" if lacking is None else _granted(need, lacking)
            problems = blocking if need.required else missing
            if lacking is None and need.required:
                problems.append(f"{need.model} ({need.purpose}) is not installed in this database")
            elif lacking:
                problems.append(
                    f"the Odoo user may not {', '.join(lacking)} {need.model} ({need.purpose}); add the "
                    "group in Settings > Users, or leave these entity types off"
                )
        return rights, blocking, missing

    async def _lacking(self, need: Need) -> list[str] | None:
        """Operations our user may not do; None when the model does not exist."""
        try:
            return [op for op in need.operations if not await self.client.has_access(need.model, op)]
        except AppError as error:
            if error.code == "not_installed":
                return None
            raise

    async def _expiring_keys(self, server: Server) -> list[str]:
        """Which of the user's keys run out soon; which of them is ours cannot be read (19.0)."""
        if server.major < KEYS_EXPIRE_SINCE:
            return []
        soon = (self._now() + WARN_BEFORE_EXPIRY).strftime("%Y-%m-%d %H:%M:%S")
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

    def _clock_problems(self, server: Server) -> list[str]:
        if server.clock_offset is None or abs(server.clock_offset) <= MAX_CLOCK_OFFSET:
            return []
        return [
            f"the clocks differ by {abs(server.clock_offset.total_seconds()):.0f} s; set both machines to "
            "network time, or polling by date misses changes"
        ]


def _granted(need: Need, lacking: Sequence[str]) -> str:
    return ", ".join(op for op in need.operations if op not in lacking) or "none"
