"""`python -m app.sandbox.prestashop --port 8080 --key KEY [--webhook-url URL --webhook-secret S]`."""

import argparse

import uvicorn

from .access import KEY_LENGTH
from .server import DEFAULT_KEY, create_sandbox


def main(argv: list[str] | None = None) -> None:
    options = _parser().parse_args(argv)
    if len(options.key) != KEY_LENGTH:
        raise SystemExit(f"a webservice key has {KEY_LENGTH} characters, this one has {len(options.key)}")
    sandbox = create_sandbox(
        version=options.version, key=options.key, timezone=options.timezone, webhook_url=options.webhook_url,
        webhook_secret=options.webhook_secret, silent_on_reverse_sync=options.silent,
    )  # fmt: skip
    uvicorn.run(sandbox, host=options.host, port=options.port, log_level=options.log_level)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.sandbox.prestashop", description="A PrestaShop in memory.")
    parser.add_argument("--host", default="127.0.0.1", help="loopback only unless you say otherwise")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--key", default=DEFAULT_KEY, help="webservice key, 32 characters")
    parser.add_argument("--version", default="8.2.1", help="1.7.x refuses PATCH")
    parser.add_argument("--timezone", default="Europe/Paris")
    parser.add_argument("--webhook-url")
    parser.add_argument("--webhook-secret", default="")
    parser.add_argument("--silent", action="store_true", help="no webhook for writes with X-Reverse-Sync-Operation")
    parser.add_argument("--log-level", default="info")
    return parser


if __name__ == "__main__":
    main()
