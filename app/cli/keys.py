"""`shopsync key`: a new key for SECRET_KEYS, whether all that is sealed opens, and sealing it anew."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from app.cli.environment import database, load_settings, out, run
from app.connections.rotation import Sealed, check_seals, reseal
from app.security.crypto import KEY_FILE, new_key, open_key_ring
from app.settings import Settings

TO_ROTATE = 3

commands = typer.Typer(help="Keys that seal credentials and webhook secrets.")


@commands.callback(invoke_without_command=True)
def key(context: typer.Context) -> None:
    """Print a new key for SECRET_KEYS, which seals credentials. To change it, put the new one before the old one and
    run `shopsync key rotate`."""
    if context.invoked_subcommand is None:
        out.print(new_key(), markup=False, soft_wrap=True)


@commands.command()
def rotate() -> None:
    """Seal every connection and link anew with the first key of SECRET_KEYS, once every process knows it.

    First start all API and worker processes with the new key before the old one: what is sealed with a key that a
    process does not have, it cannot open. Safe to run twice.
    """
    settings = load_settings()

    async def work() -> tuple[int, Sealed]:
        ring = open_key_ring(settings)
        async with database(settings) as session:
            done = await reseal(session, ring)
            return done, await check_seals(session, ring)

    done, sealed = run(work)
    out.print(
        f"{done} of {sealed.total} were sealed anew." if done else f"All {sealed.total} are sealed with it already."
    )
    out.print(_advice(settings), soft_wrap=True)


@commands.command()
def check(
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the exit code.")] = False,
) -> None:
    """Say what each key opens. Ends with 1 if something opens with none, with 3 if `key rotate` has something to do."""
    settings = load_settings()

    async def work() -> Sealed:
        async with database(settings) as session:
            return await check_seals(session, open_key_ring(settings))

    sealed = run(work)
    if not quiet:
        _print(sealed, settings)
    if sealed.lost:
        raise typer.Exit(1)
    if sealed.older:
        raise typer.Exit(TO_ROTATE)


def _print(sealed: Sealed, settings: Settings) -> None:
    table = Table("sealed", "with")
    for name in sealed.current:
        table.add_row(name, "the first key")
    for name in sealed.older:
        table.add_row(name, "an older key: run `shopsync key rotate`")
    for name in sealed.lost:
        table.add_row(name, "none of SECRET_KEYS: put its key back, or apply the file with its secrets again")
    out.print(table)
    if not sealed.older and not sealed.lost:
        out.print(_advice(settings), soft_wrap=True)


def _advice(settings: Settings) -> str:
    keys = len(open_key_ring(settings))
    if keys > 1:
        return (
            "Every secret opens with the first key. The other "
            f"{'key' if keys == 2 else f'{keys - 1} keys'} may be removed from SECRET_KEYS now."
        )
    if settings.secret_keys is None:
        return (
            f"There is one key, in {settings.data_dir / KEY_FILE}. To change it, set SECRET_KEYS to a new one "
            "(`shopsync key`), a comma and that one; start everything anew, then run `shopsync key rotate`."
        )
    return (
        "There is one key. To change it, put a new one (`shopsync key`) and a comma before it, start everything anew, "
        "then run `shopsync key rotate`."
    )
