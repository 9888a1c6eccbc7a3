"""One open connection to a PrestaShop: its ports, and whether it is fit for use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import httpx

from app.connectors.base import Capability, ConnectionReport, EntityPort
from app.connectors.http import PeerClient
from app.connectors.prestashop import permissions
from app.connectors.prestashop.address import AddressPort
from app.connectors.prestashop.capabilities import CAPABILITIES
from app.connectors.prestashop.category import CategoryPort
from app.connectors.prestashop.client import PATCH_SINCE, PrestashopClient
from app.connectors.prestashop.coupon import CouponPort
from app.connectors.prestashop.customer import CustomerPort
from app.connectors.prestashop.image import ImagePort
from app.connectors.prestashop.options import PrestashopOptions
from app.connectors.prestashop.order import OrderPort
from app.connectors.prestashop.product import ProductPort
from app.connectors.prestashop.reference import Reference
from app.connectors.prestashop.stock import StockPort
from app.connectors.prestashop.variant import VariantPort
from app.entities.base import EntityType, Json
from app.errors import AppError, BadPayload

KIND: Final = "prestashop"
OLDEST: Final = (1, 7)
Make: TypeAlias = Callable[[PrestashopClient, Reference, PrestashopOptions, Sequence[str]], EntityPort]
"""The last are the names of an operator's own fields of that entity type (`extra.py`)."""
_PORTS: Final[Mapping[EntityType, Make]] = {
    EntityType.CUSTOMER: lambda client, reference, _, extra: CustomerPort(client, reference, extra=extra),
    EntityType.ADDRESS: lambda client, reference, _, extra: AddressPort(client, reference, extra=extra),
    EntityType.ORDER: lambda client, reference, options, extra: OrderPort(client, reference, options, extra=extra),
    EntityType.COUPON: lambda client, reference, _, extra: CouponPort(client, reference, extra=extra),
    EntityType.CATEGORY: lambda client, reference, _, extra: CategoryPort(client, reference, extra=extra),
    EntityType.PRODUCT: lambda client, reference, _, extra: ProductPort(client, reference, extra=extra),
    EntityType.VARIANT: lambda client, reference, _, extra: VariantPort(client, reference, extra=extra),
    EntityType.STOCK: lambda client, reference, _, extra: StockPort(client, reference, extra=extra),
    EntityType.IMAGE: lambda client, reference, *_: ImagePort(client, reference),
}


class PrestashopConnector:
    """Implements `connectors.base.Connector`. `transport` replaces the network, for tests; `extra` are the names of an
    operator's own fields."""

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
        extra: Mapping[EntityType, Sequence[str]] | None = None,
    ) -> None:
        self._options = options or PrestashopOptions()
        peer = PeerClient(
            base_url.rstrip("/").removesuffix("/api"),
            name=name,
            kind="prestashop",
            auth=(api_key, ""),
            timeout_s=timeout_s,
            width=width,
            verify_tls=verify_tls,
            transport=transport,
        )
        self._client = PrestashopClient(peer)
        self._reference = Reference(self._client, self._options)
        named = extra or {}
        self._ports = {
            entity_type: make(self._client, self._reference, self._options, named.get(entity_type, ()))
            for entity_type, make in _PORTS.items()
        }

    def port(self, entity_type: EntityType) -> EntityPort:
        if entity_type not in self._ports:
            raise BadPayload(f"a PrestaShop connection has no {entity_type}; it has {', '.join(self._ports)}")
        return self._ports[entity_type]

    @property
    def capabilities(self) -> Sequence[Capability]:
        return CAPABILITIES

    async def test(self) -> ConnectionReport:
        """Version, and what the shop says of itself. `ok`: the key opens it; what it lacks stands under `not_allowed`
        in the details, as which of it is needed depends on the links."""
        try:
            root = await self._client.permissions()
            version = await self._client.version()
        except AppError as error:
            return ConnectionReport(ok=False, kind=KIND, problems=(error.message,))
        can_patch = version >= PATCH_SINCE
        problems = _too_old(version)
        details: dict[str, Json] = {"shop": permissions.shop_name(root), "writes_with": _writes_with(version)}
        if limits := permissions.limits(root, can_patch=can_patch):
            details["not_allowed"] = dict[str, Json](limits)
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
