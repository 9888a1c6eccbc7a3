"""The debug mirror: told of each operation, and never a reason for one to be late or to fail."""

from __future__ import annotations

import socket

from tests.chaos.installation import Installation, event
from tests.chaos.shop import FIRST_CUSTOMER
from tests.processes import until


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_the_debug_server_shows_each_operation_and_its_absence_harms_none(installation: Installation) -> None:
    port = free_port()
    installation.settings["DEBUG_MIRROR_URL"] = f"http://127.0.0.1:{port}"
    await installation.shop.reset(customers=2)
    await installation.start()
    silent = await installation.post(
        event(1, "customer", "updated", {"id": FIRST_CUSTOMER, "company": "Nobody listens"}),
        headers={"Prefer": "wait=10"},
    )
    assert silent.status_code == 200, silent.text

    server = installation.processes.start("debug", ["-m", "app.cli", "debug-server", "--port", str(port)])

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    await until(listens, within_s=20, what="the debug server listens")
    shown = await installation.post(
        event(2, "customer", "updated", {"id": FIRST_CUSTOMER + 1, "company": "Shown"}), headers={"Prefer": "wait=10"}
    )
    operation_id = shown.json()["operation_id"]

    await until(lambda: operation_id in server.text(), within_s=20, what="the operation is shown")
    assert "Customer updated successfully" in server.text()
