"""The debug server prints what the mirror posts, and survives whatever else is posted."""

from __future__ import annotations

import io

import httpx
import pytest
from rich.console import Console

from app.debug_mirror import DebugMirror
from app.debug_server import create_debug_app

RESULT = {
    "operation_id": "op-1",
    "entity_type": "customer",
    "action_type": "updated",
    "success": True,
    "outcome": "written",
    "entity_id": "67",
    "message": "Customer updated successfully",
    "notes": ["a [bold]name[/bold] is no markup"],
    "error": None,
}


def printed() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=100, color_system=None), out


async def post(console: Console, content: bytes, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=create_debug_app(console))
    async with httpx.AsyncClient(transport=transport, base_url="http://debug.test") as client:
        return await client.post("/any/path", content=content, headers=headers)


async def test_what_the_mirror_posts_is_printed_readably() -> None:
    console, out = printed()
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=create_debug_app(console)))
    mirror = DebugMirror("http://debug.test/", client)
    await mirror.start()

    mirror.post(RESULT, destination="prestashop")
    await mirror.aclose()

    text = out.getvalue()
    assert mirror.lost == 0
    assert "odoo → prestashop  customer updated 67" in text
    assert "written: Customer updated successfully" in text
    assert '"operation_id": "op-1"' in text
    assert "[bold]name[/bold]" in text


@pytest.mark.parametrize("content", [b'"text"', b"[1]", b"null", b'{"result": 3}', b'{"a": "[red]"}'])
async def test_json_of_another_kind_is_printed_as_it_is(content: bytes) -> None:
    console, out = printed()

    response = await post(console, content)

    assert response.status_code == 200
    assert "not a mirrored result" in out.getvalue()


async def test_a_body_that_is_no_json_or_too_large_is_refused_and_not_printed() -> None:
    console, out = printed()

    assert (await post(console, b"not json")).status_code == 400
    assert (await post(console, b"x" * 2_000_000)).status_code == 413
    assert out.getvalue() == ""


async def test_a_get_says_who_is_there() -> None:
    transport = httpx.ASGITransport(app=create_debug_app(printed()[0]))

    async with httpx.AsyncClient(transport=transport, base_url="http://debug.test") as client:
        response = await client.get("/")

    assert response.json() == {"debug_server": True}
