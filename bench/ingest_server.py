"""One API process with one more route: the same checks of the same body, nothing stored. The yardstick of `ingest`."""

from __future__ import annotations

import argparse
import os
from http import HTTPStatus
from typing import Annotated

import uvicorn
from fastapi import Header, Request
from fastapi.responses import JSONResponse, Response

from app.api.deps import State
from app.api.door import admit, read_body
from app.main import create_app
from app.settings import Settings


async def validate_only(
    link: str, request: Request, state: State, x_webhook_secret: Annotated[str | None, Header()] = None
) -> Response:
    view = await admit(request, state, link, x_webhook_secret)
    event = state.ingest.check_reverse(view, await read_body(request, state.settings.max_body_bytes))
    answer = {"success": True, "operation_id": event.body_hash[:36], "message": "Accepted", "notes": []}
    return JSONResponse(answer, status_code=HTTPStatus.ACCEPTED, headers={"Location": "/api/v1/operations/none"})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    settings = Settings(rate_limit_link=100_000_000, log_level="INFO")
    app = create_app(settings, database_url=os.environ["BENCH_DATABASE_URL"], redis_url=os.environ["BENCH_REDIS_URL"])
    app.add_api_route("/bench/validate/{link}", validate_only, methods=["POST"])
    uvicorn.run(app, host="127.0.0.1", port=arguments.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
