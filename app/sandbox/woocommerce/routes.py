"""Which resources and views the shop has: one line each."""

from .customers import Customers
from .resources import Registry
from .settings import Settings
from .status import VIEWS as STATUS_VIEWS
from .trade import TRADE
from .users import ME, Users
from .webhooks import Webhooks

VIEWS = (*STATUS_VIEWS, ME)


def registry() -> Registry:
    return Registry([Customers(), Users(), Webhooks(), Settings(), *(resource() for resource in TRADE)])
