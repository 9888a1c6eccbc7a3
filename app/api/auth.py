"""Who asks: bearer tokens of the operator API, and what each may do.

A token is looked up on every request, so that revoking one acts at once; operators are few and the look-up is one
indexed read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import func, or_, select, update
from starlette.exceptions import HTTPException

from app.api.deps import State
from app.api.limits import client_address
from app.api.models import ApiToken
from app.api.state import ApiState
from app.api.tokens import Scope
from app.db.session import SessionMaker
from app.errors import Forbidden
from app.security.tokens import hash_token

USE_NOTED_EVERY = timedelta(minutes=1)

_bearer = HTTPBearer(
    scheme_name="ApiToken",
    description="An operator's token: `shopsync token create NAME`. `read` sees everything, `write` also acts.",
    auto_error=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The token's owner; `name` goes into the journal with what was done."""

    name: str
    scopes: frozenset[str]

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.WRITE in self.scopes


async def get_caller(
    request: Request,
    state: State,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Caller:
    """Raises 401, or `TooMany` for an address that keeps trying."""
    if credentials is None:
        raise await _refusal(request, state, "send an operator's token: Authorization: Bearer …", 'Bearer realm="api"')
    caller = await find_caller(state.sessions, credentials.credentials)
    if caller is None:
        raise await _refusal(
            request, state, "this token is not known or was revoked; see `shopsync token list`", _INVALID
        )
    return caller


async def may_read(caller: Annotated[Caller, Depends(get_caller)]) -> Caller:
    return _checked(caller, Scope.READ)


async def may_write(caller: Annotated[Caller, Depends(get_caller)]) -> Caller:
    return _checked(caller, Scope.WRITE)


Writer = Annotated[Caller, Depends(may_write)]


async def find_caller(sessions: SessionMaker, token: str) -> Caller | None:
    """None for a token that is unknown or revoked. Its use is noted, at most once a minute."""
    valid = ApiToken.token_hash == hash_token(token), ApiToken.revoked_at.is_(None)
    note_due = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at < func.now() - USE_NOTED_EVERY)
    async with sessions.begin() as session:
        row = (await session.execute(select(ApiToken, note_due).where(*valid))).one_or_none()
        if row is None:
            return None
        known, due = row
        if due:
            await session.execute(update(ApiToken).where(ApiToken.id == known.id).values(last_used_at=func.now()))
    return Caller(name=known.name, scopes=frozenset(known.scopes))


_INVALID = 'Bearer realm="api", error="invalid_token"'


async def _refusal(request: Request, state: ApiState, detail: str, challenge: str) -> HTTPException:
    await state.limiter.check_anonymous(client_address(request, state.settings))
    return HTTPException(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": challenge})


def _checked(caller: Caller, scope: Scope) -> Caller:
    if not caller.may(scope):
        raise Forbidden(
            f"token {caller.name!r} may not do this: it needs the scope {scope}; make one with it", code="scope_missing"
        )
    return caller
