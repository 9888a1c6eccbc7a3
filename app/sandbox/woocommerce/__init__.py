"""A WooCommerce in memory: its REST API with the quirks of 9.9.5 on WordPress 6.8.8, webhooks and faults."""

from .access import ApiKey
from .faults import Fault
from .hooks import Delivery
from .server import DEFAULT_KEY, DEFAULT_SECRET, Logged, Sandbox, create_sandbox

__all__ = ["DEFAULT_KEY", "DEFAULT_SECRET", "ApiKey", "Delivery", "Fault", "Logged", "Sandbox", "create_sandbox"]
