"""`python -m app.sandbox.woocommerce --port 8081 [--key CK --secret CS --timezone … --deliver held]`."""

import argparse

import uvicorn

from .server import DEFAULT_KEY, DEFAULT_SECRET, create_sandbox


def main(argv: list[str] | None = None) -> None:
    options = _parser().parse_args(argv)
    sandbox = create_sandbox(
        version=options.version, key=options.key, secret=options.secret, timezone=options.timezone,
        currency=options.currency, prices_include_tax=options.prices_include_tax, deliver=options.deliver,
        home=options.home or f"http://{options.host}:{options.port}",
    )  # fmt: skip
    uvicorn.run(sandbox, host=options.host, port=options.port, log_level=options.log_level, date_header=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.sandbox.woocommerce", description="A WooCommerce in memory.")
    parser.add_argument("--host", default="127.0.0.1", help="loopback only unless you say otherwise")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--home", help="the address the shop believes it has; default: host and port")
    parser.add_argument("--key", default=DEFAULT_KEY, help="consumer key: %(default)s; Basic counts over https only")
    parser.add_argument("--secret", default=DEFAULT_SECRET, help="consumer secret: %(default)s")
    parser.add_argument("--version", default="9.9.5", help="of WooCommerce: %(default)s")
    parser.add_argument("--timezone", default="Europe/Berlin", help="of the shop: %(default)s")
    parser.add_argument("--currency", default="EUR", help="of the shop: %(default)s")
    parser.add_argument("--prices-include-tax", action="store_true", help="the shop enters prices with tax")
    parser.add_argument("--deliver", choices=("at_once", "held", "in_line"), default="at_once", help="webhooks")
    parser.add_argument("--log-level", default="info")
    return parser


if __name__ == "__main__":
    main()
