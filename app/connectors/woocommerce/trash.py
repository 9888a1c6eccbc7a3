"""The shop's trash. A batch would delete for good (recording var-12), so each record goes there by its own call."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from app.connectors.woocommerce.client import WooClient
from app.errors import AppError


async def put(client: WooClient, paths: Mapping[int, str]) -> dict[int, AppError | None]:
    """By key: None where it is in the trash now, or was there or gone already."""
    async with asyncio.TaskGroup() as group:
        tasks = {at: group.create_task(_put(client, path)) for at, path in paths.items()}
    return {at: task.result() for at, task in tasks.items()}


async def _put(client: WooClient, path: str) -> AppError | None:
    try:
        await client.delete(path, force=False)
    except AppError as error:
        return error
    return None
