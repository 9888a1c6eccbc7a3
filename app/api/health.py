"""Is the process alive, may it get traffic, how is everything: for probes, people and Prometheus."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/livez", summary="Is the process alive?")
async def livez() -> dict[str, str]:
    """Touches nothing outside the process: a database that is away is no reason to restart it."""
    return {"status": "ok"}
