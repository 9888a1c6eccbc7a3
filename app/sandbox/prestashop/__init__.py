"""A PrestaShop in memory: its webservice with the quirks of 8.2.1, a demo shop, webhooks and faults."""

from .access import ApiKey
from .faults import Fault
from .hooks import Webhook
from .server import DEFAULT_KEY, Logged, Sandbox, create_sandbox
from .state import Mail

__all__ = ["DEFAULT_KEY", "ApiKey", "Fault", "Logged", "Mail", "Sandbox", "Webhook", "create_sandbox"]
