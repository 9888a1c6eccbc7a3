"""`wc/v3/customers`: people with a role and two addresses. The ids are those of all users (cust-32).

There is no poll by date: `modified_after` is no parameter here and is let pass (cust-35), `orderby=modified` is none
either (cust-36). There is no trash (cust-30).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from .errors import ApiError, trash_not_supported
from .meta import put_meta, shown_meta
from .params import EMAIL, META, STRING, Param, is_email
from .people import (
    BILLING,
    LONGEST_NAME,
    SHIPPING,
    USERS,
    add_person,
    avatar,
    drop_person,
    found_by,
    free_login,
    person_with,
    touched,
    unslashed,
)  # fmt: skip
from .query import PAGING, by_ids, in_order
from .resources import Ask, Resource
from .state import Json, Row, Store

META_COUNTER = "user_meta"
ROLES = ("all", "administrator", "editor", "author", "contributor", "subscriber", "customer", "shop_manager")
_FIELDS = {
    "email": EMAIL, "first_name": STRING, "last_name": STRING, "username": STRING, "password": STRING,
    "billing": Param(kind="object", fields=dict.fromkeys(BILLING, STRING) | {"email": EMAIL}),
    "shipping": Param(kind="object", fields=dict.fromkeys(SHIPPING, STRING)),
    "meta_data": META,
}  # fmt: skip
_CREATES = {**_FIELDS, "email": Param(required=True)}
_LISTS = {
    **PAGING, "orderby": Param(enum=("id", "include", "name", "registered_date")), "email": EMAIL,
    "role": Param(enum=ROLES),
}  # fmt: skip
_NO_SUCH = ("woocommerce_rest_invalid_id", "Invalid resource ID.")
_PUBLIC = ("id", "email", "first_name", "last_name", "role", "username", "billing", "shipping", "is_paying_customer")


class Customers(Resource):
    name = "customers"
    route = "wc/v3/customers"
    lists = _LISTS
    creates = _CREATES
    updates = _FIELDS

    def may(self, ask: Ask, verb: str, row_id: Any = None) -> bool:
        """A shop manager keeps his hands off other people than customers (cust-31, -33); nobody deletes himself."""
        row = ask.store.row(USERS, row_id) if isinstance(row_id, int) else None
        if row is None or verb in ("get", "list") or ask.user is None:
            return ask.manages
        himself = row["id"] == ask.user["id"]
        if verb == "delete" and himself:
            return False
        return ask.role == "administrator" or (ask.manages and (himself or row["role"] == "customer"))

    def list(self, ask: Ask) -> Sequence[Row]:
        role, email, text = ask.params.get("role") or "customer", ask.params.get("email"), ask.params.get("search")
        rows: Iterable[Row] = by_ids(ask, ask.store.table(USERS))
        rows = (row for row in rows if role in ("all", row["role"]))
        if email:
            rows = (row for row in rows if row["email"].lower() == str(email).lower())
        if text:
            rows = (row for row in rows if found_by(row, str(text)))
        return _ordered(ask, rows)

    def get(self, ask: Ask, row_id: Any) -> Row:
        row = ask.store.row(USERS, row_id)
        if row is None:
            raise ApiError(404, *_NO_SUCH)
        return row

    def create(self, ask: Ask) -> Row:
        """Tells created and updated (whx-50). The foreign meta is WordPress' reminder to change the password."""
        store, body = ask.store, ask.body
        if body.get("id"):
            raise ApiError(400, "woocommerce_rest_customer_exists", "Cannot create existing resource.")
        email, login = _free(store, str(body.get("email") or ""), str(body.get("username") or ""))
        row = add_person(store, email=email, username=login, role="customer")
        put_meta(store, row, [{"key": "default_password_nag", "value": "1"}], counter=META_COUNTER)
        _write(store, row, body)
        name = f"{row['first_name']} {row['last_name']}".strip()
        row["display_name"] = name if name and len(name) <= LONGEST_NAME else login
        store.tell("customer.created", id=row["id"])
        store.tell("customer.updated", id=row["id"])
        return row

    def update(self, ask: Ask, row_id: Any) -> Row:
        store, body = ask.store, ask.body
        row = store.row(USERS, row_id)
        if row is None:
            raise ApiError(400, *_NO_SUCH)
        _check_update(store, row, body)
        if body.get("email"):
            row["email"] = body["email"]
        _write(store, row, body)
        store.tell("customer.updated", id=row["id"])
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        """Without force 501, of somebody who is gone 400 (cust-30, cust-44)."""
        if not ask.force:
            raise trash_not_supported("Customers")
        row = ask.store.row(USERS, row_id)
        if row is None:
            raise ApiError(400, "woocommerce_rest_invalid_id", "Invalid resource id.")
        if row["role"] == "customer":
            ask.store.tell("customer.deleted", id=row["id"])
        shown = self.shown(ask, row)
        drop_person(ask.store, row["id"])
        return shown

    def shown(self, ask: Ask, row: Row) -> Json:
        """Meta keys with a leading underscore are kept and never shown (cust-01)."""
        dates = ask.store.dates(row, "date_created", "date_modified")
        meta = [one for one in shown_meta(row) if not one["key"].startswith("_")]
        fields = {name: row[name] for name in _PUBLIC}
        fields["billing"], fields["shipping"] = dict(row["billing"]), dict(row["shipping"])
        more = {"avatar_url": avatar(row["email"]), "meta_data": meta}
        return {"id": fields.pop("id"), **dates, **fields, **more}


def _free(store: Store, email: str, login: str) -> tuple[str, str]:
    """An address and a login nobody has. A taken address does not say whose it is (cust-03)."""
    if not is_email(email):
        raise ApiError(400, "customer_invalid_email", "Invalid email address")
    if person_with(store, "email", email):
        said = f"An account is already registered with {email}. Please log in or use a different email address."
        raise ApiError(400, "registration-error-email-exists", said)
    if login and person_with(store, "username", login):
        said = "An account is already registered with that username. Please choose another."
        raise ApiError(400, "registration-error-username-exists", said)
    return email, login or free_login(store, email.partition("@")[0].lower())


def _check_update(store: Store, row: Row, body: Json) -> None:
    """A taken address looks like a bad one (cust-15)."""
    email = str(body.get("email") or "")
    owner = person_with(store, "email", email) if email else None
    if email and (not is_email(email) or (owner is not None and owner["id"] != row["id"])):
        raise ApiError(400, "woocommerce_rest_customer_invalid_email", "Email address is invalid.")
    if body.get("username") and body["username"] != row["username"]:
        raise ApiError(400, "woocommerce_rest_customer_invalid_argument", "Username isn't editable.")


def _write(store: Store, row: Row, body: Json) -> None:
    """Addresses are merged field by field (cust-13); role and what is unknown mean nothing (cust-24, -25)."""
    for name in ("first_name", "last_name"):
        if body.get(name) is not None:
            row[name] = unslashed(body[name])
    for name, known in (("billing", BILLING), ("shipping", SHIPPING)):
        given = body.get(name) or {}
        row[name] = row[name] | {key: unslashed(given[key]) for key in known if given.get(key) is not None}
    put_meta(store, row, body.get("meta_data") or (), counter=META_COUNTER)
    touched(store, row)


def _ordered(ask: Ask, rows: Iterable[Row]) -> list[Row]:
    keys = {"id": lambda row: row["id"], "name": lambda row: row["display_name"].lower(),
            "registered_date": lambda row: row["date_created"]}  # fmt: skip
    ascending = ask.having(params={"order": "asc", **ask.params})
    return in_order(ascending, rows, keys, "name")
