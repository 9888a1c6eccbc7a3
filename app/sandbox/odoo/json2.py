"""`/json/2/<model>/<method>` (19 and later): named arguments in the body, the bare result as answer."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.odoo.context import checked_context
from app.sandbox.odoo.database import Account, Database
from app.sandbox.odoo.faults import OdooError, bad_request, http_not_found, unauthorized, unprocessable
from app.sandbox.odoo.methods import find_method
from app.sandbox.odoo.records import Call

NO_KEY = "User not authenticated, use an API Key with a Bearer Authorization header."


def log_in(db: Database, authorization: str | None) -> Account:
    """Before anything is looked at: an unknown model with a bad key is a 401."""
    scheme, _, key = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise unauthorized(NO_KEY)
    account = db.account_by_key(key)
    if account is None:
        raise unauthorized()
    return account


def run(db: Database, account: Account, model: str, name: str, body: object) -> object:
    """A body that is no object counts as an empty one: there are no positional arguments."""
    if db.trouble and isinstance(db.trouble[0], OdooError):
        raise db.trouble.pop(0)  # type: ignore[misc]
    if model not in db.models:
        raise http_not_found(f"the model '{model}' does not exist")
    method = find_method(model, name, db.version)
    if method is None:
        raise http_not_found(f"The method '{model}.{name}' does not exist")
    args = dict(body) if isinstance(body, Mapping) else {}
    context = checked_context(db, args.pop("context", None))
    ids = args.pop("ids", None)
    if ids is not None and not method.on_records:
        raise unprocessable(f"cannot call {model}.{name} with ids")
    call = Call(db=db, account=account, model=db.models[model], ids=_ids(ids), context=context)
    try:
        bound = method.bind((), args)
    except TypeError as error:
        raise unprocessable(str(error)) from error
    with db.transaction():
        return method.run(call, *bound.args, **bound.kwargs)


def malformed(error: ValueError) -> OdooError:
    return bad_request(f"could not parse the body as json: {error}")


def _ids(ids: object) -> list[object]:
    """None and [] are no record at all, and the method then succeeds on nothing; one bare id is taken."""
    if ids is None:
        return []
    return list(ids) if isinstance(ids, list) else [ids]
