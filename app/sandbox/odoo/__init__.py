"""A small Odoo with state: enough of 14 to 19 for trying out and for tests, as the recorded servers behave.

`tests/contract/odoo_table.py` holds it against recordings of real 17.0 and 19.0 servers. It is no Odoo: only the
models and methods in the `schema_*` files and `methods.py` exist, and access rights are three kinds of user.
Tests hold it by `server.create_sandbox`.
"""

from app.sandbox.odoo.requests import Asked
from app.sandbox.odoo.server import DEFAULT_KEY, SYNC_LOGIN, SYNC_UID, Sandbox, create_sandbox

__all__ = ["DEFAULT_KEY", "SYNC_LOGIN", "SYNC_UID", "Asked", "Sandbox", "create_sandbox"]
