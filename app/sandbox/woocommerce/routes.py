"""Which resources and views the shop has: one line each."""

from .customers import Customers
from .resources import Registry
from .settings import Settings
from .status import VIEWS
from .webhooks import Webhooks

__all__ = ["VIEWS", "registry"]


def registry() -> Registry:
    return Registry([Customers(), Webhooks(), Settings()])
