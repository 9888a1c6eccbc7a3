"""Commands that look: `health` of a running service, `version` of this program."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import Annotated

import httpx
import typer
from rich.json import JSON

from app.cli.environment import load_settings, out
from app.errors import ActionRequired

TIMEOUT_S = 10.0

commands = typer.Typer()


@commands.command()
def health(
    url: Annotated[str | None, typer.Option(help="Address of the API; http://HOST:PORT otherwise.")] = None,
) -> None:
    """Ask a running API how everything is. Ends with 1 if it is `down`: no webhook can be accepted."""
    settings = load_settings()
    base = url or f"http://{_reachable(settings.host)}:{settings.port}"
    try:
        answer = httpx.get(f"{base.rstrip('/')}/health", timeout=TIMEOUT_S, trust_env=False)
        body = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise ActionRequired(
            f"no service answers at {base} ({type(error).__name__}); start it with `shopsync up`"
        ) from error
    out.print(JSON.from_data(body))
    if not answer.is_success:
        raise typer.Exit(1)


@commands.command()
def version() -> None:
    """Print the version of this program."""
    try:
        out.print(installed_version("odoo-shop-sync"))
    except PackageNotFoundError:
        out.print("unknown: run from files that are not installed")


def _reachable(host: str) -> str:
    """An address to ask, where the service listens on all of them."""
    if host in {"0.0.0.0", "::"}:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
