"""Single calls to the webservice, and answers that are not what was asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import respx

from app.connectors.http import PeerClient
from app.connectors.prestashop.client import PrestashopClient
from app.context import mark_as_reverse_sync
from app.errors import ActionRequired, PeerDown, Retryable, Snoozed

SHOP = "http://shop.test"
LANGUAGES = {"languages": [{"id": 1}]}


@pytest.fixture
async def client() -> AsyncIterator[PrestashopClient]:
    client = PrestashopClient(PeerClient(SHOP, name="boutique", auth=("KEY", "")))
    yield client
    await client.aclose()


def versioned(status: int = 200, version: str = "8.2.1", **how: object) -> httpx.Response:
    return httpx.Response(status, headers={"PSWS-Version": version}, **how)  # type: ignore[arg-type]


@respx.mock
async def test_a_list_says_which_fields_which_records_and_in_which_order(client: PrestashopClient) -> None:
    route = respx.get(f"{SHOP}/api/customers").mock(versioned(json={"customers": [{"id": 2, "email": "a@b.c"}]}))

    rows = await client.rows("customers", display=["id", "email"], filters={"id": "[1|2]"}, limit=5)

    assert rows == [{"id": 2, "email": "a@b.c"}]
    assert dict(route.calls.last.request.url.params) == {
        "display": "[id,email]",
        "sort": "[id_ASC]",
        "output_format": "JSON",
        "filter[id]": "[1|2]",
        "limit": "5",
    }
    assert route.calls.last.request.headers["Authorization"] == httpx.BasicAuth("KEY", "")._auth_header


@respx.mock
async def test_an_empty_list_is_a_bare_pair_of_brackets(client: PrestashopClient) -> None:
    respx.get(f"{SHOP}/api/customers").mock(versioned(json=[]))

    assert await client.rows("customers", display=["id"]) == []


@respx.mock
async def test_what_a_module_prints_before_the_json_is_skipped(client: PrestashopClient) -> None:
    respx.get(f"{SHOP}/api/customers").mock(versioned(text='debug output{"customers":[{"id":2}]}'))

    assert await client.rows("customers", display=["id"]) == [{"id": 2}]


@respx.mock
@pytest.mark.parametrize("body", ["<html>We'll be back soon.</html>", "", "null", '{"other":[]}', '"text"'])
async def test_a_page_instead_of_a_list_is_tried_again(client: PrestashopClient, body: str) -> None:
    respx.get(f"{SHOP}/api/customers").mock(httpx.Response(200, html=body))

    with pytest.raises(Retryable, match="did not give the list"):
        await client.rows("customers", display=["id"])


@respx.mock
async def test_a_record_that_is_not_there_is_none(client: PrestashopClient) -> None:
    respx.get(f"{SHOP}/api/customers/9").mock(versioned(404))

    assert await client.one("customers", "9", display=["id"]) is None


@respx.mock
async def test_a_write_is_xml_with_the_operations_mark(client: PrestashopClient) -> None:
    route = respx.post(f"{SHOP}/api/customers").mock(versioned(201, text="<customer><id>7</id></customer>"))

    with mark_as_reverse_sync("op-1"):
        number = await client.create("customers", {"email": "a@b.c"})

    request = route.calls.last.request
    assert number == "7"
    assert request.headers["X-Reverse-Sync-Operation"] == "op-1"
    assert request.headers["Content-Type"].startswith("text/xml")
    assert b"<email>a@b.c</email>" in request.content


@respx.mock
async def test_a_created_record_whose_id_cannot_be_read_is_looked_for_by_the_retry(client: PrestashopClient) -> None:
    respx.post(f"{SHOP}/api/customers").mock(versioned(201, text="<html>"))

    with pytest.raises(Retryable, match="the retry looks first"):
        await client.create("customers", {"email": "a@b.c"})


@respx.mock
async def test_from_8_0_a_change_is_a_patch_with_the_id_in_the_body(client: PrestashopClient) -> None:
    respx.get(f"{SHOP}/api/languages").mock(versioned(version="8.0.0", json=LANGUAGES))
    route = respx.patch(f"{SHOP}/api/customers/3").mock(versioned())

    await client.update("customers", "3", {"company": ""})

    assert b"<customer><id>3</id><company /></customer>" in route.calls.last.request.content


@respx.mock
async def test_a_server_that_hides_its_version_is_written_to_as_an_old_one(client: PrestashopClient) -> None:
    respx.get(f"{SHOP}/api/languages").mock(httpx.Response(200, json=LANGUAGES))
    whole = "<prestashop><customer><id>3</id><email>a@b.c</email><company>X</company></customer></prestashop>"
    respx.get(f"{SHOP}/api/customers/3").mock(httpx.Response(200, text=whole))
    route = respx.put(f"{SHOP}/api/customers/3").mock(httpx.Response(200))

    await client.update("customers", "3", {"company": "Y"})

    assert b"<email>a@b.c</email><company>Y</company>" in route.calls.last.request.content


@respx.mock
@pytest.mark.parametrize(
    ("response", "error", "code"),
    [
        (httpx.Response(429, headers={"Retry-After": "9"}), Snoozed, "rate_limited"),
        (httpx.Response(302, headers={"Location": "http://shop.test/"}), ActionRequired, "redirected"),
        (httpx.ConnectError("refused"), PeerDown, "peer_down"),
        (httpx.ReadTimeout("slow"), Retryable, "timeout"),
        (httpx.DecodingError("not gzip"), Retryable, "unreachable"),
    ],
)
async def test_a_broken_connection_says_what_to_do(
    client: PrestashopClient, response: httpx.Response | Exception, error: type[Exception], code: str
) -> None:
    respx.get(f"{SHOP}/api/customers").mock(side_effect=[response])

    with pytest.raises(error) as caught:
        await client.rows("customers", display=["id"])

    assert getattr(caught.value, "code", None) == code


@pytest.mark.parametrize("url", ["shop.test", "ftp://shop.test", "http://shop.test:port"])
async def test_an_address_that_is_no_web_address_is_for_a_person_to_mend(url: str) -> None:
    with pytest.raises(ActionRequired, match="not a URL"):
        await PrestashopClient(PeerClient(url, name="boutique")).rows("customers", display=["id"])
