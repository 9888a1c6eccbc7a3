"""The API process: `create_app()`, its lifespan, its routers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel

from app import hooks, tracing
from app.api import automation, errors, health, lead_form, operator, portal, shop_webhooks, webhook_bodies, webhooks
from app.api.limits import RateLimiter
from app.api.refusals import Refusals
from app.api.sightings import Sightings
from app.api.state import ApiState
from app.api.traced import TracedRequests
from app.connections.store import LinkCache
from app.db.session import open_engine, open_sessions
from app.ingest.group_commit import PARALLEL_GROUPS
from app.ingest.outcome import OutcomeWaiter
from app.ingest.service import Ingest
from app.log import configure_logging
from app.pulse import Pulse, spare_the_collector
from app.queue.wake import Bell
from app.security.crypto import open_key_ring
from app.settings import Settings
from app.sync.peers import Peers

DESCRIPTION = """\
Keeps an Odoo database and its shops the same. Odoo posts its changes to `/webhooks/odoo/{link}`; each becomes an
operation whose outcome can be looked up here. Operators use `/api/v1` with a bearer token
(`shopsync token create NAME`).
"""
# FastAPI's spans carry the whole address, and some of ours end with a link's secret (0.165.0). They begin as soon as
# anything in the process sets a global tracer provider.
OWN_TELEMETRY_ONLY = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_app(settings: Settings, *, database_url: str, redis_url: str) -> FastAPI:
    """One API process. The URLs are given apart from the settings, because the embedded databases choose theirs."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        configure_logging(settings.log_level, json=settings.log_json)
        hooks.load()
        tracing.start(settings)
        state = _open(settings, database_url, redis_url)
        app.state.shopsync = state
        state.bell.start()
        state.refusals.start()
        state.sightings.start()
        pulse = Pulse({"main": state.engine, "ingest": state.ingest_engine})
        beating = asyncio.create_task(pulse.run(), name="pulse")
        spare_the_collector()
        try:
            yield
        finally:
            beating.cancel()
            await state.ingest.drain()
            await state.refusals.aclose()
            await state.sightings.aclose()
            await state.limiter.aclose()
            await state.bell.aclose()
            await state.peers.aclose()
            await state.ingest_engine.dispose()
            await state.engine.dispose()
            with contextlib.suppress(asyncio.CancelledError):
                await beating
            await asyncio.to_thread(tracing.stop)

    app = FastAPIOffline(
        title="odoo-shop-sync",
        version=_version(),
        description=DESCRIPTION,
        lifespan=lifespan,
        telemetry=OWN_TELEMETRY_ONLY,
        # A redirect names the host and scheme that the request came with, which behind a proxy are not the caller's.
        redirect_slashes=False,
    )
    errors.install(app)
    if tracing.is_wanted(settings):
        app.add_middleware(TracedRequests)
    app.include_router(webhooks.router)
    app.include_router(shop_webhooks.router)
    app.include_router(lead_form.router)
    app.include_router(portal.router)
    app.include_router(health.router)
    app.include_router(operator.router, prefix="/api/v1")
    app.include_router(automation.router, prefix="/api/v1")
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _open(settings: Settings, database_url: str, redis_url: str) -> ApiState:
    engine = open_engine(database_url, pool_size=settings.database_pool_size)
    ingest_engine = open_engine(database_url, pool_size=PARALLEL_GROUPS + 1, pre_ping=False)
    sessions = open_sessions(engine)
    ring = open_key_ring(settings)
    bell = Bell(redis_url)
    return ApiState(
        settings=settings,
        engine=engine,
        ingest_engine=ingest_engine,
        sessions=sessions,
        ring=ring,
        links=LinkCache(sessions, ring, ttl_s=settings.link_cache_s),
        limiter=RateLimiter(redis_url, anonymous=settings.rate_limit_anonymous, link=settings.rate_limit_link),
        refusals=Refusals(sessions),
        sightings=Sightings(sessions),
        ingest=Ingest(
            ingest_engine,
            bell,
            max_attempts=settings.max_attempts,
            odoo_settle=timedelta(seconds=settings.odoo_settle_s),
        ),
        outcomes=OutcomeWaiter(sessions),
        bell=bell,
        peers=Peers(
            sessions,
            ring,
            timeout_s=settings.peer_timeout_s,
            width=settings.peer_width,
            ttl_s=settings.link_cache_s,
        ),
        redis_url=redis_url,
    )


def _version() -> str:
    """The image runs from the source tree without installing the package; then there is no metadata to ask."""
    try:
        return version("odoo-shop-sync")
    except PackageNotFoundError:
        return "unknown"


_EXTRA_SCHEMAS: tuple[type[BaseModel], ...] = (errors.Problem, *webhook_bodies.ALL)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document plus the models that routes read from the raw body or answer as problems."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        _without_422(document)
        for model in _EXTRA_SCHEMAS:
            schemas[model.__name__] = model.model_json_schema(ref_template="#/components/schemas/{model}")
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = document
    return app.openapi_schema


def _without_422(document: dict[str, Any]) -> None:
    """FastAPI documents its own validation answer on every route; ours is a 400 problem (`api/errors.py`)."""
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
