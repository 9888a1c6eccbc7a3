"""What a command finds around it: settings, where the databases are, and errors said in one line."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import httpx
from dotenv import dotenv_values
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.exc import DBAPIError, ProgrammingError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.embedded import EmbeddedUrls
from app.db.session import open_engine, open_sessions
from app.errors import ActionRequired, AppError
from app.redact import redact_text, register_secret
from app.settings import Settings

NOTHING_RUNS = "start `shopsync up` first, or set DATABASE_URL and REDIS_URL"
PROBE_TIMEOUT_S = 1.0
PIPED_WIDTH = 200
"""Whoever greps in a table wants its lines whole."""

T = TypeVar("T")
out = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
err = Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    database_url: str
    redis_url: str

    def as_environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


def load_settings(**overrides: object) -> Settings:
    """Raises `ActionRequired` naming each variable that is wrong."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        settings = Settings(**given)  # type: ignore[arg-type]  # validated, not typed
    except ValidationError as error:
        said = [_setting_problem(detail["loc"], detail["msg"]) for detail in error.errors(include_input=False)]
        raise ActionRequired("\n".join(said), code="bad_settings") from None
    _hide_passwords(settings.database_url, settings.redis_url, settings.debug_mirror_url)
    return settings


def _hide_passwords(*addresses: str | None) -> None:
    """Of servers: a driver that fails may say with what."""
    for address in addresses:
        with suppress(ValueError):  # whoever connects says what is wrong with it
            register_secret(unquote(urlsplit(address or "").password or ""))


def variables() -> Mapping[str, str]:
    """For `${NAME}` in files: the environment, and `.env` for what it has not."""
    from_file = {name: value for name, value in dotenv_values(".env").items() if value}
    return {**from_file, **os.environ}


def database_url(settings: Settings) -> str:
    """Of `DATABASE_URL`, else of the embedded server that is running. Raises `ActionRequired` if there is none."""
    if settings.database_url is not None:
        return settings.database_url
    return _embedded(settings).database_url


def urls(settings: Settings) -> Urls:
    """For the processes that need Redis as well."""
    if settings.database_url is not None and settings.redis_url is not None:
        return Urls(database_url=settings.database_url, redis_url=settings.redis_url)
    if settings.database_url is not None:
        raise ActionRequired("DATABASE_URL is set and REDIS_URL is not; set both", code="bad_settings")
    running = _embedded(settings)
    return Urls(database_url=running.database_url, redis_url=settings.redis_url or running.redis_url)


def find_redis_url(settings: Settings) -> str | None:
    """Of `REDIS_URL`, else of the embedded server that belongs to the embedded database; None if nobody said."""
    if settings.redis_url is not None or settings.database_url is not None:
        return settings.redis_url
    running = find_running(settings.data_dir)
    return running.redis_url if running is not None else None


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[AsyncSession]:
    """One transaction, committed at the end."""
    engine = open_engine(database_url(settings), pool_size=2)
    try:
        async with open_sessions(engine).begin() as session:
            yield session
    finally:
        await engine.dispose()


def find_running(data_dir: Path) -> EmbeddedUrls | None:
    """Where the embedded servers of `data_dir` are. What a killed owner wrote is told from what still runs."""
    try:
        written = json.loads((data_dir / "embedded.json").read_text() or "null")
    except (OSError, ValueError):
        return None
    if written is None:
        return None
    running = EmbeddedUrls(**written)
    address = httpx.URL(running.database_url)
    try:
        socket.create_connection((address.host, address.port or 0), timeout=PROBE_TIMEOUT_S).close()
    except OSError:
        return None
    return running


def _embedded(settings: Settings) -> EmbeddedUrls:
    running = find_running(settings.data_dir)
    if running is None:
        where = settings.data_dir.resolve()
        raise ActionRequired(f"no embedded database is running for {where}: {NOTHING_RUNS}", code="nothing_runs")
    return running


def said(error: Exception) -> str | None:
    """What a person should read about `error`; None for what nobody foresaw."""
    match error:
        case AppError():
            text = error.message
        case ProgrammingError() if isinstance(error.orig, Exception) and _is_missing_table(error.orig):
            text = "the database has not the tables this version needs: run `shopsync migrate`"
        case DBAPIError() | ConnectionError() | TimeoutError():
            text = f"the database does not answer as it should: {_first_line(error)}"
        case SQLAlchemyError():
            text = f"database: {_first_line(error)}"
        case httpx.HTTPError():
            text = f"no answer: {_first_line(error)}"
        case OSError():
            text = f"{error.filename}: {error.strerror}" if error.filename else _first_line(error)
        case _:
            return None
    return redact_text(text)


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    return asyncio.run(work())


def _setting_problem(where: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in where).upper()
    text = message.removeprefix("Value error, ")
    return f"setting {name}: {text}" if name else text


def _is_missing_table(error: Exception) -> bool:
    return getattr(error, "sqlstate", None) in {"42P01", "42703"}  # undefined_table, undefined_column


def _first_line(error: BaseException) -> str:
    root = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return (str(root).strip().splitlines() or [type(root).__name__])[0]
