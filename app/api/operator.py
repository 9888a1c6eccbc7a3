"""The operators' routes, mounted under `/api/v1`; each needs a token."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from app.api import conflicts, connections, jobs, leads, links, logs, modules, operations, portal, records, runs, sync
from app.api.auth import may_read
from app.api.errors import responses

router = APIRouter(dependencies=[Depends(may_read)], responses=responses(400, 401, 403, 429, 500, 503))

for each in (operations, jobs, logs, links, modules, connections, conflicts, records, sync, runs, leads):
    router.include_router(each.router)
router.include_router(portal.operator_router)
