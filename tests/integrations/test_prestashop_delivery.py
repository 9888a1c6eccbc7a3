"""The PrestaShop module's posts over a real connection: whole requests of a shop, against a service that may be ill."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import pytest

from app.connectors.prestashop.webhook import parse_shop_event
from app.security.signatures import verify_standard_webhook
from tests.integrations.php import TESTS, run

pytestmark = pytest.mark.usefixtures("php")

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DOOR = "/webhooks/prestashop/boutique"
LONGEST_POST_S = 2.0


@dataclass
class Service:
    """Answers every post with `status`; with 0 it keeps the caller waiting until the test has ended."""

    status: int = 202
    port: int = 0
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}{DOOR}"


@pytest.fixture
def service() -> Iterator[Service]:
    told = Service()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.posts.append((self.path, dict(self.headers), body))
            if not told.status:
                told.ended.wait()
                self.close_connection = True
                return
            self.send_response(told.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "7")
            self.end_headers()
            self.wfile.write(b"Thanks.")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    told.ended.set()
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Shop:
    service: Service
    database: Path

    def request(self, what: str) -> str:
        """One request from its hooks to the end of its process: `status`, `products`; or a run of the `timetable`."""
        environment = {"SHOPSYNC_DATABASE": str(self.database)}
        return run(TESTS / "request.php", self.service.address, SECRET, what, environment=environment)

    def rows(self) -> list[tuple[object, ...]]:
        """Was it sent, how many attempts, the last answer's status."""
        with sqlite3.connect(self.database) as database:
            rows = database.execute("SELECT sent > 0, attempts, last_status FROM ps_shopsync_outbox ORDER BY id")
            found = rows.fetchall()
        database.close()
        return found

    def minutes_pass(self, minutes: int) -> None:
        with sqlite3.connect(self.database) as database:
            database.execute(
                "UPDATE ps_shopsync_outbox SET tried = tried - ?, next_try = next_try - ?", [minutes * 60] * 2
            )
        database.close()


@pytest.fixture
def shop(service: Service, tmp_path: Path) -> Shop:
    return Shop(service, tmp_path / "shop.sqlite")


def test_a_status_change_is_one_signed_post_after_the_visitor_has_the_answer(shop: Shop, service: Service) -> None:
    assert shop.request("status") == "answered\n"

    [(path, headers, body)] = service.posts
    event = parse_shop_event(body)
    verify_standard_webhook(body, headers, [SECRET])
    assert path == DOOR
    assert headers["Content-Type"] == "application/json"
    assert (str(event.ref), event.action, headers["webhook-id"]) == ("shop:order:5", "updated", event.event_id)
    assert orjson.loads(body)["data"] == {"id": 5}
    assert shop.rows() == [(1, 1, 202)]


def test_a_request_sends_at_most_twenty_and_the_timetable_the_rest(shop: Shop, service: Service) -> None:
    shop.request("products")
    assert len(service.posts) == 20

    assert shop.request("timetable") == "sent=10, refused=0, failed=0, waiting=0\n"
    assert sorted(orjson.loads(body)["data"]["id"] for _, _, body in service.posts) == list(range(1, 31))


@pytest.mark.parametrize("status", [500, 302, 403])
def test_a_refusal_is_noted_and_the_service_left_alone_for_a_minute(shop: Shop, service: Service, status: int) -> None:
    service.status = status
    shop.request("status")
    shop.request("products")

    assert [path for path, _, _ in service.posts] == [DOOR]
    assert shop.rows()[0] == (0, 1, status)


def test_after_the_outage_the_next_request_sends_what_waited_once_more_with_its_id(
    shop: Shop, service: Service
) -> None:
    service.status = 503
    shop.request("status")
    service.status = 202
    shop.minutes_pass(1)
    shop.request("products")

    (_, first, body), (_, second, again) = service.posts[:2]
    verify_standard_webhook(again, second, [SECRET])
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    assert shop.rows()[0] == (1, 2, 202)


def test_a_service_that_hangs_costs_one_post_of_two_seconds(shop: Shop, service: Service) -> None:
    service.status = 0
    started = time.monotonic()
    shop.request("products")

    assert time.monotonic() - started < LONGEST_POST_S + 3
    assert len(service.posts) == 1
    assert shop.rows()[0] == (0, 1, 0)


def test_a_service_that_is_not_there_is_noted(shop: Shop, service: Service) -> None:
    service.port = 1
    shop.request("status")

    assert shop.rows() == [(0, 1, 0)]
