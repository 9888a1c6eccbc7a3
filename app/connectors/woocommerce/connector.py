"""One open connection to a WooCommerce: its ports, and whether it is fit for use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

import httpx

from app.connectors.base import Capability, ConnectionReport, EntityPort
from app.connectors.http import PeerClient
from app.connectors.woocommerce import permissions
from app.connectors.woocommerce.accounts import Accounts
from app.connectors.woocommerce.address import AddressPort
from app.connectors.woocommerce.age import too_old, version_of
from app.connectors.woocommerce.capabilities import CAPABILITIES
from app.connectors.woocommerce.category import CategoryPort
from app.connectors.woocommerce.client import WooClient
from app.connectors.woocommerce.coupon import CouponPort
from app.connectors.woocommerce.customer import CustomerPort
from app.connectors.woocommerce.guests import Buyers
from app.connectors.woocommerce.image import ImagePort
from app.connectors.woocommerce.login import Login
from app.connectors.woocommerce.measures import Measures
from app.connectors.woocommerce.options import WoocommerceOptions
from app.connectors.woocommerce.order import OrderPort
from app.connectors.woocommerce.product import ProductPort
from app.connectors.woocommerce.reference import Reference
from app.connectors.woocommerce.refund import RefundPort
from app.connectors.woocommerce.stock import StockPort
from app.connectors.woocommerce.users import UserPort
from app.connectors.woocommerce.variant import VariantPort
from app.connectors.woocommerce.webhooks import WoocommerceWebhooks
from app.entities.base import EntityType, Json
from app.errors import AppError, BadPayload

KIND: Final = "woocommerce"
MAX_CLOCK_OFFSET: Final = timedelta(seconds=30)
_OWN_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_READABLE: Final = (
    "over http anybody on the way reads customers and orders, and with an Application Password the login as well; use "
    "https"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the ports of one connection share."""

    client: WooClient
    reference: Reference
    measures: Measures
    options: WoocommerceOptions
    accounts: Accounts
    buyers: Buyers


Make: TypeAlias = Callable[[Parts, Sequence[str]], EntityPort]
"""The last are the names of an operator's own fields of that entity type (`extra.py`)."""
_PORTS: Final[Mapping[EntityType, Make]] = {
    EntityType.CUSTOMER: lambda parts, extra: _people(parts, extra),
    EntityType.ADDRESS: lambda parts, _: AddressPort(
        parts.client, parts.accounts, parts.buyers, parts.reference, parts.options
    ),
    EntityType.CATEGORY: lambda parts, _: CategoryPort(parts.client),
    EntityType.PRODUCT: lambda parts, extra: ProductPort(
        parts.client, parts.measures, manage_stock=parts.options.new_products_manage_stock, extra=extra
    ),
    EntityType.VARIANT: lambda parts, extra: VariantPort(
        parts.client, parts.measures, manage_stock=parts.options.new_products_manage_stock, extra=extra
    ),
    EntityType.STOCK: lambda parts, _: StockPort(parts.client, start_counting=parts.options.manage_stock),
    EntityType.IMAGE: lambda parts, _: ImagePort(parts.client, limit=parts.options.image_limit),
    EntityType.ORDER: lambda parts, extra: OrderPort(parts.client, parts.options, buyers=parts.buyers, extra=extra),
    EntityType.REFUND: lambda parts, _: RefundPort(parts.client),
    EntityType.COUPON: lambda parts, extra: CouponPort(parts.client, parts.reference, extra=extra),
}


class WoocommerceConnector:
    """Implements `connectors.base.Connector`. `credentials`: `consumer_key` and `consumer_secret`, or `username` and
    `application_password`, or all four. `transport` replaces the network, for tests; `extra` are the names of an
    operator's own fields."""

    def __init__(
        self,
        base_url: str,
        credentials: Mapping[str, str],
        *,
        name: str,
        options: WoocommerceOptions | None = None,
        timeout_s: float = 30.0,
        width: int = 4,
        verify_tls: bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
        extra: Mapping[EntityType, Sequence[str]] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self._secure = base_url.lower().startswith("https://")
        self._local = httpx.URL(base_url).host in _OWN_MACHINE
        login = Login(
            consumer_key=credentials.get("consumer_key"),
            consumer_secret=credentials.get("consumer_secret"),
            username=credentials.get("username"),
            application_password=credentials.get("application_password"),
            secure=self._secure,
        )
        address = base_url.rstrip("/").removesuffix("/wp-json")
        peer = PeerClient(
            address,
            name=name,
            kind="woocommerce",
            auth=login,
            timeout_s=timeout_s,
            width=width,
            verify_tls=verify_tls,
            transport=transport,
        )
        self._client = WooClient(peer, login)
        settings = options or WoocommerceOptions()
        self._options = settings
        reference = Reference(self._client, settings)
        parts = Parts(
            client=self._client,
            reference=reference,
            measures=Measures(self._client, reference),
            options=settings,
            accounts=Accounts(self._client, wp=settings.people == "users"),
            buyers=Buyers(self._client),
        )
        self._reference = reference
        self._webhooks = WoocommerceWebhooks(self._client)
        named = extra or {}
        self._ports = {kind: make(parts, named.get(kind, ())) for kind, make in _PORTS.items()}

    def port(self, entity_type: EntityType) -> EntityPort:
        if entity_type not in self._ports:
            raise BadPayload(f"a WooCommerce connection has no {entity_type}; it has {', '.join(self._ports)}")
        return self._ports[entity_type]

    @property
    def capabilities(self) -> Sequence[Capability]:
        return CAPABILITIES

    @property
    def webhooks(self) -> WoocommerceWebhooks:
        return self._webhooks

    async def test(self) -> ConnectionReport:
        """Version, and what the shop says of itself. `ok`: the credentials open it; what they lack stands under
        `not_allowed` in the details, as which of it is needed depends on the links. `problems` names as well what is
        no hindrance and no good."""
        try:
            site = await self._client.site()
            rights = await permissions.ask(self._client)
            version = await version_of(self._client)
        except AppError as error:
            return ConnectionReport(ok=False, kind=KIND, problems=(error.message,))
        about, unanswered = await self._about()
        lacking = permissions.limits(rights, self._options, has_user=self._client.has_user)
        offset = self._clock_offset()
        details: dict[str, Json] = {
            "shop": str(site.get("name") or ""),
            "signs_with": self._signs_with(),
            **({"application_password": rights.user} if rights.user else {}),
            **({"not_allowed": dict[str, Json](lacking)} if lacking else {}),
            **({} if offset is None else {"clock_offset_s": offset.total_seconds()}),
            **about,
        }
        blocking = (*permissions.missing(site), *too_old(version), *rights.problems, *unanswered)
        problems = (*blocking, *self._cautions(offset))
        return ConnectionReport(ok=not blocking, kind=KIND, version=version, details=details, problems=problems)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _about(self) -> tuple[dict[str, Json], tuple[str, ...]]:
        try:
            return {
                "currency": await self._reference.currency(),
                "time_zone": str(await self._reference.time_zone()),
                "prices_include_tax": await self._reference.prices_include_tax(),
            }, ()
        except AppError as error:
            return {}, (error.message,)

    def _clock_offset(self) -> timedelta | None:
        """How far the shop's clock is ahead of ours, to the second; None where it never said."""
        if self._client.answered_at is None:
            return None
        return timedelta(seconds=round((self._client.answered_at - self._now()).total_seconds()))

    def _cautions(self, offset: timedelta | None) -> list[str]:
        said = [] if self._secure or self._local else [_READABLE]
        if offset is not None and abs(offset) > MAX_CLOCK_OFFSET:
            said.append(
                f"the clocks differ by {abs(offset.total_seconds()):.0f} s; set both machines to network time, or a "
                "signed login is refused and polling by date misses changes"
            )
        return said

    def _signs_with(self) -> str:
        if not self._client.has_key:
            return "Application Password" + ("" if self._secure else ", readable by anybody on the way: use https")
        return "Basic over https" if self._secure else "OAuth 1.0a: over http everybody on the way can read the data"


def _people(parts: Parts, extra: Sequence[str]) -> EntityPort:
    if parts.options.people == "users":
        return UserPort(parts.client, parts.accounts, parts.options)
    return CustomerPort(parts.client, parts.accounts, parts.buyers, parts.options, extra=extra)
