"""`shopsync`: run the service, tell it what to keep in sync, see how it is.

Commands say what went wrong in one line on standard error and end with 1; `--debug` shows the traceback. Wrong usage
ends with 2.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app.cli import bulk, configure, conflicts, keys, odoo, reconcile, records, serve, sync, tokens, watch, woocommerce
from app.cli.environment import err, said
from app.log import configure_logging
from app.redact import redact_text

app = typer.Typer(
    name="shopsync",
    help="Keeps an Odoo database and its shops the same.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for each in (serve, configure, watch, sync, bulk, reconcile, conflicts, records):
    app.add_typer(each.commands)  # without a name: they become commands of the program itself
app.add_typer(configure.connections, name="connection")
app.add_typer(configure.links, name="link")
app.add_typer(keys.commands, name="key")
app.add_typer(tokens.commands, name="token")
app.add_typer(odoo.commands, name="odoo")
app.add_typer(woocommerce.commands, name="woocommerce")


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show every call, and the traceback of an error.")] = False,
) -> None:
    global _debug
    _debug = debug
    # A command says in its own words what went wrong; those that serve set up their log by the settings.
    configure_logging("DEBUG" if debug else "ERROR", json=False)


_debug = False


def main() -> None:
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if _debug:
            raise
        unforeseen = redact_text(f"internal error: {type(error).__name__}: {error}\n`shopsync --debug …` shows where")
        err.print(said(error) or unforeseen, style="red", markup=False, soft_wrap=True)
        sys.exit(1)
