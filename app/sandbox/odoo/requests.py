"""What a caller asked, read off the request whatever way it came: for tests that count and look at calls."""

from __future__ import annotations

import json
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers.expat import ExpatError

from app.sandbox.odoo.methods import METHODS


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call. `args` are positional ones without the ids, `named` those by name without the context.

    `common.authenticate` and the version pages have the model `""`. `fault`: the name of what the call ran into.
    """

    transport: str
    model: str
    method: str
    ids: tuple[object, ...] = ()
    args: tuple[object, ...] = ()
    named: Mapping[str, object] = field(default_factory=dict)
    context: Mapping[str, object] = field(default_factory=dict)
    fault: str | None = None


def read_request(path: str, body: bytes) -> Asked:
    if path.startswith("/json/2/"):
        model, _, method = path.removeprefix("/json/2/").strip("/").partition("/")
        return _json2(model, method, _parsed(body))
    if path == "/jsonrpc":
        params = _parsed(body).get("params")
        given = params if isinstance(params, Mapping) else {}
        return _rpc("jsonrpc", str(given.get("service")), str(given.get("method")), given.get("args"))
    if path.startswith("/xmlrpc/2/"):
        try:
            args, name = xmlrpc.client.loads(body)
        except (ExpatError, xmlrpc.client.ResponseError):
            args, name = (), None
        return _rpc("xmlrpc", path.rpartition("/")[2], name or "", list(args))
    return Asked(transport="http", model="", method=path)


def _json2(model: str, method: str, body: Mapping[str, Any]) -> Asked:
    named = {name: value for name, value in body.items() if name not in ("ids", "context")}
    return Asked(
        transport="json2",
        model=model,
        method=method,
        ids=_ids(body.get("ids")),
        named=named,
        context=body.get("context") or {},
    )


def _rpc(transport: str, service: str, method: str, args: object) -> Asked:
    if service != "object" or not isinstance(args, list) or len(args) < 5:
        return Asked(transport=transport, model="", method=method)
    model, name, positional, named = [*args[3:], [], {}][:4]
    rest: Sequence[object] = positional if isinstance(positional, list) else []
    known = METHODS.get(str(name))
    on_records = bool(known and known.on_records and rest)
    given = dict(named) if isinstance(named, Mapping) else {}
    context = given.pop("context", None) or {}
    return Asked(
        transport=transport,
        model=str(model),
        method=str(name),
        ids=_ids(rest[0]) if on_records else (),
        args=tuple(rest[1:] if on_records else rest),
        named=given,
        context=context,
    )


def _ids(value: object) -> tuple[object, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
