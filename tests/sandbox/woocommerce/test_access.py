"""Keys as the plugin's code has them where no recording shows it: signatures used twice, too old, or in a header."""

from urllib.parse import quote

import pytest

from app.sandbox.woocommerce import Sandbox
from app.sandbox.woocommerce.access import signature

from .conftest import Clock, Make, client_of

URL = "http://shop.test/wp-json/wc/v3/customers"
REFUSED = "woocommerce_rest_authentication_error"


def _oauth(sandbox: Sandbox, clock: Clock, *, nonce: str = "n1", age_s: int = 0, **more: str) -> dict[str, str]:
    given = {
        "oauth_consumer_key": sandbox.key, "oauth_nonce": nonce, "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(clock().timestamp()) - age_s), **more,
    }  # fmt: skip
    return given | {"oauth_signature": signature("GET", URL, given, secret=sandbox.secret)}


async def _ask(sandbox: Sandbox, query: dict[str, str], **options: object) -> tuple[int, str]:
    async with client_of(sandbox, auth=None) as shop:
        answer = await shop.get(URL, params=query, **options)  # type: ignore[arg-type]
    return answer.status_code, "" if answer.is_success else answer.json()["message"]


async def test_a_signature_serves_once(sandbox: Sandbox, clock: Clock) -> None:
    query = _oauth(sandbox, clock)

    first, second = await _ask(sandbox, query), await _ask(sandbox, query)

    assert first == (200, "")
    assert second == (401, "Invalid nonce - nonce has already been used.")


async def test_a_signature_of_long_ago_is_refused(sandbox: Sandbox, clock: Clock) -> None:
    assert await _ask(sandbox, _oauth(sandbox, clock, age_s=901)) == (401, "Invalid timestamp.")
    assert await _ask(sandbox, _oauth(sandbox, clock, age_s=899)) == (200, "")


async def test_a_signature_covers_the_query(sandbox: Sandbox, clock: Clock) -> None:
    signed = _oauth(sandbox, clock, per_page="1", search="Jane Doe & Sons")

    status, _ = await _ask(sandbox, signed)
    changed, said = await _ask(sandbox, signed | {"per_page": "2"})

    assert status == 200
    assert (changed, said) == (401, "Invalid signature - provided signature does not match.")


async def test_a_signature_may_stand_in_a_header(sandbox: Sandbox, clock: Clock) -> None:
    pairs = ", ".join(f'{name}="{quote(value, safe="")}"' for name, value in _oauth(sandbox, clock).items())

    assert await _ask(sandbox, {}, headers={"Authorization": f"OAuth {pairs}"}) == (200, "")


async def test_what_a_signature_lacks_is_named(sandbox: Sandbox, clock: Clock) -> None:
    query = _oauth(sandbox, clock)
    del query["oauth_nonce"]

    assert await _ask(sandbox, query) == (401, "Missing OAuth parameter oauth_nonce")


async def test_application_passwords_need_https_unless_the_shop_is_local(make: Make) -> None:
    sandbox = make(local=False)
    auth = (sandbox.app_user, sandbox.app_password)

    async with client_of(sandbox, auth=auth) as shop:
        plain = await shop.get("http://shop.test/wp-json/wp/v2/users/me")
        safe = await shop.get("https://shop.test/wp-json/wp/v2/users/me")

    assert (plain.status_code, safe.status_code) == (401, 200)


async def test_blanks_in_an_application_password_do_not_count(sandbox: Sandbox) -> None:
    auth = (sandbox.app_user, sandbox.app_password.replace(" ", ""))

    async with client_of(sandbox, auth=auth) as shop:
        assert (await shop.get("/wp/v2/users/me")).json()["id"] == 1


async def test_a_wrong_application_password_is_told_by_wordpress(sandbox: Sandbox) -> None:
    async with client_of(sandbox, auth=(sandbox.app_user, "wrong")) as shop:
        answer = await shop.get("/wp/v2/users/me")

    assert (answer.status_code, answer.json()["code"]) == (401, "incorrect_password")


@pytest.mark.parametrize("auth", [("ck", "cs"), None])
async def test_plain_permalinks_know_no_consumer_keys(sandbox: Sandbox, auth: tuple[str, str] | None) -> None:
    """As recorded in err-07: to WordPress a consumer key is the name of a user it does not know."""
    async with client_of(sandbox, auth=auth) as shop:
        answer = await shop.get("https://shop.test/?rest_route=/wc/v3/products&per_page=1")

    assert answer.status_code == 401
    assert answer.json()["code"] == ("invalid_username" if auth else "woocommerce_rest_cannot_view")


async def test_plain_permalinks_know_application_passwords(sandbox: Sandbox) -> None:
    async with client_of(sandbox, auth=(sandbox.app_user, sandbox.app_password)) as shop:
        answer = await shop.get("https://shop.test/?rest_route=/wc/v3/customers/3")

    assert answer.json()["id"] == 3
