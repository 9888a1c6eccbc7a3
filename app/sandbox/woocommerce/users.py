"""`wp/v2/users`: the same people as WordPress sees them. Needs an application password.

A taken name or address is answered 500 with no data (user-03, -04): permanent, although it looks like trouble.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from .errors import ApiError, missing_params
from .params import EMAIL, STRING, Param
from .people import USERS, add_person, drop_person, found_by, person_with, touched, unslashed
from .query import PAGING, by_ids, in_order
from .resources import Ask, Resource
from .routing import View
from .state import Json, Row
from .user_view import ROLES, shown_user

_WRITES = {
    "username": STRING, "email": EMAIL, "password": STRING, "first_name": STRING, "last_name": STRING, "name": STRING,
    "url": STRING, "description": STRING, "locale": STRING, "nickname": STRING,
    "roles": Param(kind="array", items=STRING),
}  # fmt: skip
_REQUIRED = {
    "username": Param(required=True), "email": Param(kind="email", required=True), "password": Param(required=True),
}  # fmt: skip
_CREATES = {**_WRITES, **_REQUIRED}
_ORDERS = ("id", "include", "name", "registered_date", "slug", "include_slugs", "email", "url")
_LISTS = {**PAGING, "orderby": Param(enum=_ORDERS), "roles": Param(kind="array", items=STRING)}
_COLUMNS = ("email", "first_name", "last_name", "url", "description", "locale")
_CANNOT = {
    "list": ("rest_forbidden_context", "Sorry, you are not allowed to edit users."),
    "get": ("rest_user_cannot_view", "Sorry, you are not allowed to list users."),
    "create": ("rest_cannot_create_user", "Sorry, you are not allowed to create new users."),
    "update": ("rest_cannot_edit", "Sorry, you are not allowed to edit this user."),
    "delete": ("rest_user_cannot_delete", "Sorry, you are not allowed to delete this user."),
}  # fmt: skip


class Users(Resource):
    name = "users"
    route = "wp/v2/users"
    verbs = ("list", "create", "get", "update", "delete")
    lists = _LISTS
    creates = _CREATES
    updates = _WRITES

    def may(self, ask: Ask, verb: str, row_id: Any = None) -> bool:
        """A shop manager lists people and edits customers; he creates nobody (user-16 … -18)."""
        row = ask.store.row(USERS, row_id) if isinstance(row_id, int) else None
        himself = row is not None and ask.user is not None and row["id"] == ask.user["id"]
        if ask.role == "administrator":
            return True
        if verb == "list":
            return ask.manages or ask.context == "view"
        if verb in ("get", "update"):
            return himself or (ask.manages and (verb == "get" or (row is not None and row["role"] == "customer")))
        return False

    def refused(self, ask: Ask, verb: str) -> ApiError:
        return ApiError(403 if ask.user else 401, *_CANNOT[verb])

    def list(self, ask: Ask) -> Sequence[Row]:
        """Who has written nothing is not listed to strangers."""
        if not ask.manages:
            return []
        roles, text = ask.params.get("roles"), ask.params.get("search")
        rows: Iterable[Row] = by_ids(ask, ask.store.table(USERS))
        rows = (row for row in rows if not roles or row["role"] in roles)
        rows = (row for row in rows if not text or found_by(row, str(text)))
        keys = {"id": lambda row: row["id"], "name": lambda row: row["display_name"].lower(),
                "registered_date": lambda row: row["date_created"], "email": lambda row: row["email"].lower(),
                "slug": lambda row: row["username"], "url": lambda row: row["url"]}  # fmt: skip
        return in_order(ask.having(params={"order": "asc", **ask.params}), rows, keys, "name")

    def hides(self, ask: Ask, row: Row) -> bool:
        """In `context=edit` the page lacks whom the asker may not edit, and the total counts them (user-16)."""
        return ask.context == "edit" and not self.may(ask, "update", row["id"])

    def get(self, ask: Ask, row_id: Any) -> Row:
        row = ask.store.row(USERS, row_id)
        if row is None:
            raise ApiError(404, "rest_user_invalid_id", "Invalid user ID.")
        return row

    def create(self, ask: Ask) -> Row:
        """Tells customer.created, whatever the role (whx-59)."""
        store, body = ask.store, ask.body
        if person_with(store, "username", body["username"]):
            raise ApiError(500, "existing_user_login", "Sorry, that username already exists!", bare=True)
        if person_with(store, "email", body["email"]):
            raise ApiError(500, "existing_user_email", "Sorry, that email address is already used!", bare=True)
        role = _role(body) or "subscriber"
        row = add_person(store, email=body["email"], username=body["username"], role=role)
        _write(row, body)
        full = f"{row['first_name']} {row['last_name']}".strip()
        row["display_name"] = body.get("name") or full or row["username"]
        store.tell("customer.created", id=row["id"])
        return row

    def update(self, ask: Ask, row_id: Any) -> Row:
        """Tells customer.updated, whatever the role (whx-62); the name shown to others stays (user-07)."""
        store, body = ask.store, ask.body
        row = self.get(ask, row_id)
        owner = person_with(store, "email", body["email"]) if body.get("email") else None
        if owner is not None and owner["id"] != row["id"]:
            raise ApiError(400, "rest_user_invalid_email", "Invalid email address.")
        if body.get("username") and body["username"] != row["username"]:
            raise ApiError(400, "rest_user_invalid_argument", "Username isn't editable.")
        row["role"] = _role(body) or row["role"]
        row["display_name"] = body.get("name") or row["display_name"]
        _write(row, body)
        touched(store, row)
        store.tell("customer.updated", id=row["id"])
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        """Needs to be told who gets what the person wrote (user-11 … -14)."""
        reassign = ask.params.get("reassign")
        if reassign is None:
            raise missing_params(["reassign"])
        row = self.get(ask, row_id)
        if not ask.force:
            said = "Users do not support trashing. Set 'force=true' to delete."
            raise ApiError(501, "rest_trash_not_supported", said)
        heir = int(reassign) if str(reassign).isdecimal() else 0
        if heir and (heir == row["id"] or ask.store.row(USERS, heir) is None):
            raise ApiError(400, "rest_user_invalid_reassign", "Invalid user ID for reassignment.")
        if row["role"] == "customer":
            ask.store.tell("customer.deleted", id=row["id"])
        shown = self.shown(ask, row)
        drop_person(ask.store, row["id"])
        return {"deleted": True, "previous": shown}

    def shown(self, ask: Ask, row: Row) -> Json:
        return shown_user(ask, row)


def _role(body: Json) -> str | None:
    """The first of the roles asked for."""
    wanted = next(iter(body.get("roles") or ()), None)
    if wanted is not None and wanted not in ROLES:
        raise ApiError(400, "rest_user_invalid_role", f"The role {wanted} does not exist.")
    return wanted


def _write(row: Row, body: Json) -> None:
    row.update({name: unslashed(body[name]) for name in _COLUMNS if body.get(name) is not None})


def _me(ask: Ask) -> Json:
    if ask.user is None:
        raise ApiError(401, "rest_not_logged_in", "You are not currently logged in.")
    base = f"{ask.origin}/wp-json/wp/v2/users"
    may = ["GET", "POST", "PUT", "PATCH", *(["DELETE"] if ask.role == "administrator" else [])]
    own = {"href": f"{base}/{ask.user['id']}", "targetHints": {"allow": may}}
    shown = shown_user(ask.having(context=str(ask.params.get("context") or "view")), ask.user)
    return {**shown, "_links": {"self": [own], "collection": [{"href": base}]}}


ME = View(route="wp/v2/users/me", show=_me, public=True)
