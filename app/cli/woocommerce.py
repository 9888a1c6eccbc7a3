"""`shopsync woocommerce install`: the webhooks in the shop that tell us of its changes, made and put right at once.

A worker does the same by itself every WEBHOOK_CHECK_S, where PUBLIC_URL is set.
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from app.cli.environment import load_settings, out, run
from app.cli.link_work import open_link_work
from app.connectors.hooked import Act
from app.errors import BadPayload
from app.security.crypto import open_key_ring
from app.sync.shop_webhook_store import Outcome, Report
from app.sync.shop_webhooks import Doing
from app.sync.webhook_watch import order

DIFFERS = 3

commands = typer.Typer(no_args_is_help=True, help="What a WooCommerce itself needs to have.")

_DONE = {
    Act.MAKE: "made",
    Act.WAKE: "switched on again",
    Act.MEND: "mended",
    Act.RENEW: "given the newest secret",
    Act.REMAKE: "made anew",
    Act.REMOVE: "removed",
}


@commands.callback()
def woocommerce() -> None:
    """What a WooCommerce itself needs to have."""


@commands.command()
def install(
    link: Annotated[str, typer.Argument(help="The link's slug.")],
    show: Annotated[bool, typer.Option("--show", help="Only compare what is there with what should be.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove this link's webhooks, and nobody else's.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done and do nothing.")] = False,
    url: Annotated[str | None, typer.Option(help="Where the shop reaches this service; else PUBLIC_URL.")] = None,
) -> None:
    """Make the webhooks in the shop that post its changes here, and put right what is there. Again, it changes nothing.

    Ends with 3 if they are not as they should be.
    """
    if show and remove:
        raise BadPayload("give one of --show and --remove")
    doing = Doing.REMOVE if remove else Doing.SHOW if show else Doing.KEEP
    settings = load_settings()

    async def work() -> Report:
        async with open_link_work(settings, link) as opened:
            return await order(
                opened.sessions,
                opened.peers,
                open_key_ring(settings),
                link,
                doing,
                public_url=url or settings.public_url,
                by="a command",
                dry_run=dry_run,
            )

    report = run(work)
    _print(report)
    if not report.right and not (dry_run and remove):
        raise typer.Exit(DIFFERS)


def _print(report: Report) -> None:
    out.print(Text(f"{report.link} in {report.shop}, posting to {report.url}"), soft_wrap=True)
    for each in report.outcomes:
        out.print(_line(each, done=report.done), soft_wrap=True)
    for note in report.notes:
        out.print(Text(f"  {note}", "yellow"), soft_wrap=True)
    if not any(each.act for each in report.outcomes):
        out.print("Nothing to change.")
    if report.missed:
        out.print("What may have been missed meanwhile is looked for by the workers now.")


def _line(each: Outcome, *, done: bool) -> Text:
    if each.problem is not None:
        return Text(f"  ! {each.topic}: {each.problem}", "red")
    if each.act is None:
        return Text(f"  = {each.topic}: right", "green")
    words = _DONE[each.act] if done else f"to be {_DONE[each.act]}"
    return Text(
        f"  {'+' if done else '~'} {each.topic}: {words} ({'; '.join(each.why)})", "green" if done else "yellow"
    )
