"""One open connection to a PrestaShop: its ports, and whether it is fit for use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import httpx

from app.connectors.base import Capability, ConnectionReport, EntityPort
from app.connectors.http import PeerClient
from app.connectors.prestashop import permissions
from app.connectors.prestashop.address import AddressPort
from app.connectors.prestashop.client import PATCH_SINCE, PrestashopClient
from app.connectors.prestashop.coupon import CouponPort
from app.connectors.prestashop.customer import CustomerPort
from app.connectors.prestashop.options import PrestashopOptions
from app.connectors.prestashop.order import OrderPort
from app.connectors.prestashop.reference import Reference
from app.entities.base import Direction, EntityType, Json
from app.errors import AppError, BadPayload

KIND: Final = "prestashop"
OLDEST: Final = (1, 7)
_SIGNALS: Final = frozenset({"created", "updated", "deleted"})
CAPABILITIES: Final = tuple(
    Capability(entity_type=entity_type, directions=frozenset({Direction.ODOO_TO_SHOP}), signals=_SIGNALS)
    for entity_type in (EntityType.CUSTOMER, EntityType.ADDRESS, EntityType.ORDER, EntityType.COUPON)
)
"""Signals come from the shop's module; the webservice itself has none."""


class PrestashopConnector:
    """Implements `connectors.base.Connector`. `transport` replaces the network, for tests."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        name: str,
        options: PrestashopOptions | None = None,
        timeout_s: float = 30.0,
        width: int = 4,
        verify_tls: bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._options = options or PrestashopOptions()
        peer = PeerClient(
            base_url.rstrip("/").removesuffix("/api"),
            name=name,
            auth=(api_key, ""),
            timeout_s=timeout_s,
            width=width,
            verify_tls=verify_tls,
            transport=transport,
        )
        self._client = PrestashopClient(peer)
        self._reference = Reference(self._client, self._options)
        self._ports: dict[EntityType, EntityPort] = {
            EntityType.CUSTOMER: CustomerPort(self._client, self._reference),
            EntityType.ADDRESS: AddressPort(self._client, self._reference),
            EntityType.ORDER: OrderPort(self._client, self._reference, self._options),
            EntityType.COUPON: CouponPort(self._client, self._reference),
        }

    def port(self, entity_type: EntityType) -> EntityPort:
        if entity_type not in self._ports:
            raise BadPayload(f"a PrestaShop connection has no {entity_type}; it has {', '.join(self._ports)}")
        return self._ports[entity_type]

    @property
    def capabilities(self) -> Sequence[Capability]:
        return CAPABILITIES

    async def test(self) -> ConnectionReport:
        """Version, what the key may not do, and what the shop says of itself."""
        try:
            root = await self._client.permissions()
            version = await self._client.version()
        except AppError as error:
            return ConnectionReport(ok=False, kind=KIND, problems=(error.message,))
        problems = _too_old(version) + permissions.missing(root, can_patch=version >= PATCH_SINCE)
        details: dict[str, Json] = {"shop": permissions.shop_name(root), "writes_with": _writes_with(version)}
        more, unanswered = await self._about()
        return ConnectionReport(
            ok=not problems and not unanswered,
            kind=KIND,
            version=".".join(map(str, version)) or None,
            details=details | more,
            problems=problems + unanswered + self._without_settings(permissions.can_read_settings(root)),
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _about(self) -> tuple[dict[str, Json], tuple[str, ...]]:
        try:
            zone = await self._reference.time_zone()
            languages = await self._reference.languages()
            return {
                "time_zone": None if zone is None else zone.key,
                "languages": list[Json](languages.values()),
            }, ()
        except AppError as error:
            return {}, (error.message,)

    def _without_settings(self, readable: bool) -> tuple[str, ...]:
        """What is guessed or refused if the key may not read the shop's settings and no option says it."""
        options = self._options
        unset = [
            name
            for name in ("default_country", "default_language", "default_currency", "time_zone")
            if getattr(options, name) is None
        ]
        if readable or not unset:
            return ()
        return (f"configurations: GET missing; allow it for this key, or set the options {', '.join(unset)}",)


def _too_old(version: tuple[int, ...]) -> tuple[str, ...]:
    if version and version < OLDEST:
        return (f"PrestaShop {'.'.join(map(str, version))} is older than 1.7, which is not supported",)
    return ()


def _writes_with(version: tuple[int, ...]) -> str:
    return "PATCH" if version >= PATCH_SINCE else "PUT of the whole record"
