"""Commands for operators' tokens, which open `/api/v1`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from app.api.tokens import Scope, create_token, list_tokens, revoke_token
from app.cli.environment import database, err, load_settings, out, run
from app.errors import NotFound

commands = typer.Typer(no_args_is_help=True, help="Tokens for the operator API.")


@commands.command()
def create(
    name: Annotated[str, typer.Argument(help="Who uses it.")],
    scope: Annotated[list[Scope] | None, typer.Option(help="`write` includes `read`; `read` if not given.")] = None,
) -> None:
    """Make a token and print it, this once."""

    async def work() -> str:
        async with database(load_settings()) as session:
            return await create_token(session, name, scope or [Scope.READ])

    token = run(work)
    err.print("Keep it: only its hash is stored. Send it as: Authorization: Bearer …")
    out.print(token, markup=False, soft_wrap=True)


@commands.command("list")
def show() -> None:
    """Show the tokens there are, never the tokens themselves."""

    async def work() -> Table:
        table = Table("name", "scopes", "made", "last used", "revoked")
        async with database(load_settings()) as session:
            for token in await list_tokens(session):
                times = [token.created_at, token.last_used_at, token.revoked_at]
                shown = [f"{moment:%Y-%m-%d %H:%M}" if moment else "" for moment in times]
                table.add_row(token.name, ", ".join(token.scopes), *shown)
        return table

    out.print(run(work))


@commands.command()
def revoke(name: str) -> None:
    """Make a token worthless, from the next request on."""

    async def work() -> bool:
        async with database(load_settings()) as session:
            return await revoke_token(session, name)

    if not run(work):
        raise NotFound(f"there is no valid token named {name}; see `shopsync token list`")
    out.print(f"Token {name} is revoked.")
