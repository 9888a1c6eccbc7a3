"""The people of a shop: one table for customers and WordPress users, looked up by e-mail and login in any case."""

from hashlib import sha256
from typing import Any

from .state import Json, Row, Store

USERS = "users"
BILLING = ("first_name", "last_name", "company", "address_1", "address_2", "city", "postcode", "country", "state",
           "email", "phone")  # fmt: skip
SHIPPING = tuple(name for name in BILLING if name != "email")
LONGEST_NAME = 250
"""A longer display name is not stored."""
_INDEX = "people"


def add_person(store: Store, *, email: str, username: str, role: str, **fields: Any) -> Row:
    row: Row = {
        "id": store.next_id(USERS), "email": email, "username": username, "role": role, "first_name": "",
        "last_name": "", "display_name": username, "url": "", "description": "", "locale": "en_US",
        "billing": empty(BILLING), "shipping": empty(SHIPPING), "is_paying_customer": False, "meta_data": [],
        "date_created": store.now(), "date_modified": None,
    } | fields  # fmt: skip
    store.put(USERS, row)
    index_person(store, row)
    return row


def index_person(store: Store, row: Row) -> None:
    """Entries are only added; whether one still holds is looked up in the row."""
    for column in ("email", "username"):
        store.indexes[_INDEX, column].setdefault(str(row[column]).lower(), set()).add(row["id"])


def person_with(store: Store, column: str, value: str) -> Row | None:
    """`column`: `email` or `username`."""
    wanted = value.lower()
    ids = store.indexes[_INDEX, column].get(wanted, set())
    rows = (store.row(USERS, one) for one in sorted(ids))
    return next((row for row in rows if row is not None and row[column].lower() == wanted), None)


def drop_person(store: Store, row_id: int) -> Row:
    """His orders stay, as those of a guest (ord-73)."""
    for order in store.table("orders"):
        if order.get("customer_id") == row_id:
            order["customer_id"] = 0
    return store.drop(USERS, row_id)


def touched(store: Store, row: Row) -> None:
    """Every save moves the date, also one that changes nothing (whx-52, whx-56)."""
    row["date_modified"] = store.now()
    index_person(store, row)


def free_login(store: Store, wanted: str) -> str:
    """`anna`, or `anna-0042` where there is one."""
    login = wanted
    while person_with(store, "username", login):
        login = f"{wanted}-{store.random.randrange(10_000):04d}"
    return login


def found_by(row: Row, text: str) -> bool:
    """Search looks at an address, or at logins and names; never at billing (cust-11, cust-12)."""
    wanted = text.strip("*").lower()
    columns = ("email",) if "@" in wanted else ("username", "url", "email", "display_name")
    return any(wanted in str(row[column]).lower() for column in columns)


def unslashed(value: Any) -> Any:
    """A backslash does not survive; markup does (cust-46)."""
    return value.replace("\\", "") if isinstance(value, str) else value


def empty(names: tuple[str, ...]) -> Json:
    return dict.fromkeys(names, "")


def avatar(email: str, size: int = 96) -> str:
    digest = sha256(email.strip().lower().encode()).hexdigest()
    return f"https://secure.gravatar.com/avatar/{digest}?s={size}&d=mm&r=g"
