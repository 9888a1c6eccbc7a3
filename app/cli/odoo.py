"""`shopsync odoo install`: Odoo's rules that tell us of its changes, made and looked after through its API."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from rich.text import Text

from app.cli.environment import database, load_settings, out, run
from app.connectors.odoo.automation import Act, Compared, Doing, Verdict
from app.errors import ActionRequired, BadPayload
from app.ingest.automation import Login, Report, load_terms, manage
from app.security.crypto import open_key_ring

DIFFERS = 3
KEY_VARIABLE = "ODOO_ADMIN_KEY"

commands = typer.Typer(no_args_is_help=True, help="What Odoo itself needs to have.")

_STYLE = {
    Verdict.RIGHT: ("=", "green"),
    Verdict.MISSING: ("-", "yellow"),
    Verdict.DIFFERS: ("~", "yellow"),
    Verdict.NOT_WANTED: ("?", "yellow"),
}
_DONE = {Act.MAKE: "made", Act.MEND: "mended", Act.REMOVE: "removed"}


@commands.callback()
def odoo() -> None:
    """What Odoo itself needs to have."""


@commands.command()
def install(
    link: Annotated[str, typer.Argument(help="The link's slug.")],
    repair: Annotated[bool, typer.Option("--repair", help="Also mend what somebody changed.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove this link's rules, and nobody else's.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Only compare what is there with what should be.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done and do nothing.")] = False,
    url: Annotated[str | None, typer.Option(help="Where Odoo reaches this service; else PUBLIC_URL.")] = None,
    login: Annotated[
        str | None,
        typer.Option(help=f"An administrator of Odoo to do it as; the key is asked for, or {KEY_VARIABLE}."),
    ] = None,
) -> None:
    """Make the automation rules in Odoo (17 and later) that post its changes here. Again, it changes nothing.

    Ends with 3 if the rules are not as they should be.
    """
    doing = _doing(repair=repair, remove=remove, show=show)
    settings = load_settings()
    acting = _login(login)

    async def work() -> Report:
        async with database(settings) as session:
            terms = await load_terms(session, open_key_ring(settings), link)
        return await manage(
            terms,
            doing,
            public_url=url or settings.public_url,
            dry_run=dry_run,
            login=acting,
            timeout_s=settings.peer_timeout_s,
        )

    try:
        report = run(work)
    except ActionRequired as error:
        if acting is None or error.code != "bad_login":
            raise
        refused = f"Odoo refused the login of {acting.username!r}, given with --login; check the name and its API key"
        raise ActionRequired(refused, code=error.code) from error
    _print(report, dry_run=dry_run)
    if not report.right and not (dry_run and doing is Doing.REMOVE):
        raise typer.Exit(DIFFERS)


def _doing(*, repair: bool, remove: bool, show: bool) -> Doing:
    if repair + remove + show > 1:
        raise BadPayload("give one of --repair, --remove and --show")
    return Doing.REPAIR if repair else Doing.REMOVE if remove else Doing.SHOW if show else Doing.INSTALL


def _login(username: str | None) -> Login | None:
    if username is None:
        return None
    key = os.environ.get(KEY_VARIABLE)
    if not key and not sys.stdin.isatty():
        raise BadPayload(f"nobody is there to ask for the API key of {username}: set {KEY_VARIABLE}")
    key = key or typer.prompt(f"API key of {username}", hide_input=True)
    return Login(username=username, api_key=key)


def _print(report: Report, *, dry_run: bool) -> None:
    out.print(Text(f"{report.link} in {report.odoo} (Odoo {report.version})"), soft_wrap=True)
    for act, name in report.acts:
        out.print(Text(f"  {'would be ' if dry_run else ''}{_DONE[act]}: {name}"), soft_wrap=True)
    for rule in report.rules:
        _print_rule(rule)
    for note in report.notes:
        out.print(Text(f"  ! {note}", "yellow"), soft_wrap=True)
    if not report.acts:
        out.print("Nothing to change." if report.right else "Nothing was changed; `--repair` mends what differs.")


def _print_rule(rule: Compared) -> None:
    mark, style = _STYLE[rule.verdict]
    out.print(Text(f"  {mark} {rule.name}: {rule.verdict}", style), soft_wrap=True)
    for difference in rule.differences:
        out.print(Text(f"      {difference}"), soft_wrap=True)
