"""Tokens: who may ask, who may act."""

from __future__ import annotations

import httpx


async def test_the_process_says_that_it_is_alive(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).json() == {"status": "ok"}
