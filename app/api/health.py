"""Is the process alive, may it get traffic, how is everything: for probes, people and Prometheus. No token needed."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from app.api.deps import State
from app.api.errors import problem, responses
from app.api.health_report import Condition, Health, report
from app.api.stored_metrics import render
from app.api.vitals import Silent, count_operations_last_hour, in_time, ping_redis, read_schema, read_seals, read_vitals
from app.metrics import counted

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    status: str = "ok"


@router.get("/livez", summary="Is the process alive?")
async def livez() -> Alive:
    """Touches nothing outside the process: a database that is away is no reason to restart it."""
    return Alive()


@router.get("/readyz", summary="May it get traffic?", response_model=Alive, responses=responses(503))
async def readyz(request: Request, state: State) -> Alive | Response:
    """Whether a webhook would be accepted: the database answers, is migrated, and the process is not stopping."""
    if getattr(request.app.state, "stopping", False):
        return _not_ready("the process is shutting down")
    schema = await in_time(read_schema(state.sessions))
    if isinstance(schema, Silent):
        return _not_ready(f"the database is away: {schema.reason}")
    if schema.behind:
        return _not_ready(f"migrations are missing: the database is at {schema.found}, the code needs {schema.needed}")
    return Alive()


@router.get(
    "/health",
    summary="How is everything?",
    responses={503: {"model": Health, "description": "`down`: no webhook can be accepted"}},
)
async def health(request: Request, state: State, response: Response) -> Health:
    """200 for `ok` and `degraded`. Answers within about two seconds whatever is away."""
    vitals, redis, seals = await asyncio.gather(
        in_time(read_vitals(state.sessions)),
        in_time(ping_redis(state.redis_url)),
        in_time(read_seals(state.sessions, state.ring)),
    )
    answer = report(
        version=request.app.version, vitals=vitals, redis=redis, seals=seals, public_url=state.settings.public_url
    )
    if answer.status is Condition.DOWN:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return answer


@router.get(
    "/metrics",
    summary="For Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "See docs/metrics.md"}},
)
async def metrics(state: State) -> Response:
    """What was counted by the processes of this start, also when the database is away, and what is read from it when
    it is not."""
    vitals, operations = await asyncio.gather(
        in_time(read_vitals(state.sessions)), in_time(count_operations_last_hour(state.sessions))
    )
    return Response(counted() + render(vitals, operations), media_type=CONTENT_TYPE_LATEST)


def _not_ready(reason: str) -> Response:
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, reason, code="not_ready")
