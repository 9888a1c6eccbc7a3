"""API tokens: made, listed and revoked by the command line; the plain token is shown once and never stored."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.models import ApiToken
from app.errors import BadPayload, Conflict
from app.security.tokens import hash_token, new_token


class Scope(StrEnum):
    """`write` includes `read`."""

    READ = "read"
    WRITE = "write"


async def create_token(session: AsyncSession, name: str, scopes: Sequence[str]) -> str:
    """The plain token, which nobody can see again. The name of a revoked token may be taken anew.

    Raises `BadPayload` for a scope that does not exist, `Conflict` for a name in use.
    """
    token = new_token()
    values = {"name": _checked_name(name), "token_hash": hash_token(token), "scopes": _checked_scopes(scopes)}
    fresh = {"created_at": func.now(), "last_used_at": None, "revoked_at": None}
    statement = (
        insert(ApiToken)
        .values(values)
        .on_conflict_do_update(index_elements=["name"], set_=values | fresh, where=ApiToken.revoked_at.is_not(None))
        .returning(ApiToken.id)
    )
    if await session.scalar(statement) is None:
        raise Conflict(f"there is a token named {name!r} already; revoke it first or take another name", field="name")
    return token


async def list_tokens(session: AsyncSession) -> list[ApiToken]:
    """All of them by name, the revoked ones too."""
    return list(await session.scalars(select(ApiToken).order_by(ApiToken.name)))


async def revoke_token(session: AsyncSession, name: str) -> bool:
    """Acts on the next request. False: there is no such token that is still valid."""
    statement = (
        update(ApiToken)
        .where(ApiToken.name == name, ApiToken.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .returning(ApiToken.id)
    )
    return await session.scalar(statement) is not None


def _checked_name(name: str) -> str:
    if not name.strip() or "\0" in name:
        raise BadPayload("a token needs a name that says who uses it", field="name")
    return name.strip()


def _checked_scopes(scopes: Sequence[str]) -> list[str]:
    unknown = sorted(set(scopes) - set(Scope))
    if unknown or not scopes:
        raise BadPayload(f"scopes are {', '.join(Scope)}; given: {', '.join(scopes) or 'none'}", field="scopes")
    return sorted(set(scopes))
