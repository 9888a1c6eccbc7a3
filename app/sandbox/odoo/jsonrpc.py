"""`/jsonrpc`: services `common` and `object`. Errors are HTTP 200, None is an answer without `result`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.sandbox.odoo.context import checked_context
from app.sandbox.odoo.database import Account, Database
from app.sandbox.odoo.faults import OdooError, access_denied, missing, type_error
from app.sandbox.odoo.methods import Method, find_method
from app.sandbox.odoo.records import Call


def answer(db: Database, body: Mapping[str, object]) -> dict[str, object]:
    """The envelope for one request body."""
    envelope: dict[str, object] = {"jsonrpc": "2.0", "id": body.get("id")}
    params = body.get("params")
    try:
        result = _dispatch(db, params if isinstance(params, Mapping) else {})
    except OdooError as fault:
        code = 0 if db.version >= 19 else 200
        return {**envelope, "error": {"code": code, "message": "Odoo Server Error", "data": fault.data}}
    return envelope if result is None else {**envelope, "result": result}


def version_info(db: Database) -> dict[str, object]:
    return {
        "server_version": f"{db.version}.0" + ("" if db.version >= 19 else "-20240709"),
        "server_version_info": [db.version, 0, 0, "final", 0, ""],
        "server_serie": f"{db.version}.0",
        "protocol_version": 1,
    }


def _dispatch(db: Database, params: Mapping[str, object]) -> object:
    service, method, args = params.get("service"), params.get("method"), params.get("args")
    if method is None or not isinstance(args, list):
        raise type_error("RPC.jsonrpc() missing 2 required positional arguments: 'method' and 'args'")
    if service == "common" and method == "version":
        return version_info(db)
    if service == "common" and method in ("authenticate", "login"):
        _check_database(db, args[0])
        account = db.log_in(args[1], args[2])
        return account.uid if account else False
    if service == "object" and method in ("execute_kw", "execute"):
        return _execute(db, args)
    raise OdooError("builtins.Exception", f"Method not available {method}")


def _execute(db: Database, args: Sequence[object]) -> object:
    name, uid, secret, model, method, positional, named = [*args, {}][:7]
    _check_database(db, name)
    account = _account(db, uid, secret)
    if db.trouble and isinstance(db.trouble[0], OdooError):
        raise db.trouble.pop(0)  # type: ignore[misc]
    with db.transaction():
        return _run(db, account, str(model), str(method), positional, named)


def _run(db: Database, account: Account, model: str, name: str, positional: object, named: object) -> object:
    found = db.model(model)
    method = find_method(model, name, db.version)
    if method is None:
        raise OdooError("builtins.AttributeError", _unknown_method(model, name, db.version))
    args = list(positional) if isinstance(positional, list) else []
    kwargs = dict(named) if isinstance(named, Mapping) else {}
    context = checked_context(db, kwargs.pop("context", None))
    ids = _take_ids(method, args)
    call = Call(db=db, account=account, model=found, ids=ids, context=context)
    try:
        bound = method.bind(args, kwargs)
    except TypeError as error:
        raise type_error(f"BaseModel.{name}(): {error}") from error
    result = method.run(call, *bound.args, **bound.kwargs)
    # A single dict makes a single id, a list makes a list, also of one.
    single = name == "create" and bool(args) and isinstance(args[0], Mapping)
    return result[0] if single and isinstance(result, list) else result


def _take_ids(method: Method, args: list[object]) -> list[object]:
    if not method.on_records:
        return []
    if not args:
        raise OdooError("builtins.IndexError", "list index out of range")
    first = args.pop(0)
    return list(first) if isinstance(first, list) else [first]


def _check_database(db: Database, name: object) -> None:
    if name != db.name:
        raise OdooError(
            "psycopg2.OperationalError",
            f'connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "{name}" does not exist\n',
        )


def _account(db: Database, uid: object, secret: object) -> Account:
    if not isinstance(uid, int) or isinstance(uid, bool):
        raise access_denied()
    if uid not in db.tables["res.users"]:
        raise missing("res.users", uid, uid)
    account = db.account(uid)
    if account is None or db.log_in(account.login, secret) is None:
        raise access_denied()
    return account


def _unknown_method(model: str, name: str, version: int) -> str:
    if version >= 19:
        return f"The method '{model}.{name}' does not exist"
    return f"The method '{name}' does not exist on the model '{model}'"
