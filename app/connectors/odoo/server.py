"""Which Odoo answers at an address: its version and its clock, asked without logging in."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from app.connectors.http import PeerClient
from app.connectors.odoo.rpc import Rpc
from app.connectors.odoo.transport import JSON_HEADERS, decode
from app.entities.base import Json
from app.errors import ActionRequired, AppError, Retryable

OLDEST_MAJOR = 14
JSON2_SINCE = 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`major` is 17 for `17.0-20240709` and `saas~17.2`. `clock_offset` is how far Odoo is ahead of us."""

    version: str
    major: int
    clock_offset: timedelta | None

    @property
    def speaks_json2(self) -> bool:
        return self.major >= JSON2_SINCE


async def ask_server(peer: PeerClient, rpc: Rpc, *, now: Callable[[], datetime]) -> Server:
    """By the RPC given first (every version up to 19), then `/json/version` (19 and later, as RPC leaves).

    Neither sets a cookie, unlike `/web/version` and `/web/webclient/version_info`, and both answer on a
    server with several databases.
    """
    before = now()
    try:
        answer, response = await rpc.version()
    except Retryable as error:
        if error.code in {"timeout", "unreachable", "rate_limited", "peer_down"}:
            raise
        answer, response = await _ask_json_version(peer, instead_of=error)
    except AppError as error:
        answer, response = await _ask_json_version(peer, instead_of=error)
    return _server(answer, clock_offset=_clock_offset(response, before=before, after=now()), peer=peer)


async def web_answers(peer: PeerClient) -> bool:
    """Whether Odoo's own health page answers there, which needs neither login nor database (17.0, 19.0)."""
    try:
        response = await peer.request("GET", "/web/health")
        said = decode(response, peer=peer.name, call="/web/health")
    except AppError:
        return False
    return isinstance(said, dict) and said.get("status") == "pass"


async def _ask_json_version(peer: PeerClient, *, instead_of: AppError) -> tuple[Json, httpx.Response]:
    response = await peer.request("GET", "/json/version", headers=JSON_HEADERS)
    if response.status_code != httpx.codes.OK:
        raise instead_of
    return decode(response, peer=peer.name, call="/json/version"), response


def _server(answer: Json, *, clock_offset: timedelta | None, peer: PeerClient) -> Server:
    said = answer if isinstance(answer, dict) else {}
    version = said.get("server_version") or said.get("version")
    info = said.get("server_version_info") or said.get("version_info")
    major = re.search(r"\d+", str(info[0])) if isinstance(info, list) and info else None
    if not isinstance(version, str) or major is None:
        raise ActionRequired(
            f"{peer.name}: something answers there, but not an Odoo; "
            "set the connection's url to the root of the Odoo server",
            code="wrong_address",
        )
    return Server(version=version, major=int(major.group()), clock_offset=clock_offset)


def _clock_offset(response: httpx.Response, *, before: datetime, after: datetime) -> timedelta | None:
    """From the answer's Date header, which has whole seconds: taken as the middle of its second."""
    try:
        moment = email.utils.parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError):
        return None
    said = moment.replace(tzinfo=moment.tzinfo or UTC) + timedelta(milliseconds=500)
    return said - (before + (after - before) / 2)
