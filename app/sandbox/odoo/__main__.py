"""`python -m app.sandbox.odoo --port 8069`: the sandbox Odoo on loopback, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

import uvicorn

from app.sandbox.odoo.server import DEFAULT_KEY, SYNC_LOGIN, create_sandbox


def main(argv: Sequence[str] | None = None) -> None:
    options = parser().parse_args(argv)
    sandbox = create_sandbox(
        version=options.version,
        name=options.database,
        key=options.sync_key,
        admin_key=options.api_key,
        languages=("en_US",),
        webhook_url=options.webhook_url,
        webhook_secret=options.webhook_secret,
    )
    # The application sends its own Date: it is the database's clock.
    uvicorn.run(
        sandbox,
        host=options.host,
        port=options.port,
        log_level=options.log_level,
        date_header=False,
        server_header=False,
    )


def parser() -> argparse.ArgumentParser:
    """Secrets may come from the environment, so that they stay out of the process list."""
    options = argparse.ArgumentParser(prog="python -m app.sandbox.odoo", description=__doc__)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8069)
    options.add_argument("--version", type=int, default=17, choices=range(14, 20), help="Odoo's major version")
    options.add_argument("--database", default="odoo")
    options.add_argument("--api-key", default=os.environ.get("ODOO_API_KEY", "sandbox-key"), help="of admin")
    options.add_argument("--sync-key", default=os.environ.get("ODOO_SYNC_KEY", DEFAULT_KEY), help=f"of {SYNC_LOGIN}")
    options.add_argument("--webhook-url", default=os.environ.get("WEBHOOK_URL"))
    options.add_argument("--webhook-secret", default=os.environ.get("WEBHOOK_SECRET"))
    options.add_argument("--log-level", default="warning")
    return options


if __name__ == "__main__":
    main()
