"""What saving a customer or an address does besides writing its row."""

from datetime import timedelta
from uuid import uuid4

from .errors import ApiError
from .rows import ZERO_DATETIME
from .seed import link, password_hash
from .state import Row, Shop

GUEST_GROUP = "2"
_PASSWORD_AGE = timedelta(hours=6)  # last_passwd_gen lies in the past by design


def set_password(shop: Shop, memory: Row, text: str) -> None:
    """An unchanged hash is kept; anything else, a foreign hash included, is hashed."""
    if memory.get("passwd") != text or not memory.get("id"):
        memory["passwd"] = password_hash(uuid4().hex, text)


def add_customer(shop: Shop, memory: Row) -> int:
    _refuse_known_email(shop, memory, code=140)
    memory["id_shop"] = memory.get("id_shop") or 1  # a number in JSON, as it comes from the context
    memory["id_shop_group"] = memory.get("id_shop_group") or "1"
    memory["id_lang"] = memory.get("id_lang") or "1"
    memory["secure_key"] = uuid4().hex
    memory["last_passwd_gen"] = shop.now(ago=_PASSWORD_AGE)
    if memory.get("is_guest") == "1":
        memory["id_default_group"] = GUEST_GROUP
    _date_newsletter(shop, memory)
    row_id = shop.insert("customers", memory)
    group = str(memory.get("id_default_group") or "0")
    if group != "0":
        link(shop, "customers", row_id, "groups", [{"id": group}])
    return row_id


def save_customer(shop: Shop, memory: Row) -> None:
    _refuse_known_email(shop, memory, code=141)
    _date_newsletter(shop, memory)
    if memory.get("deleted") == "1":
        _delete_addresses(shop, memory)
    shop.save("customers", memory)


def delete_customer(shop: Shop, row_id: int) -> None:
    _delete_addresses(shop, {"id": row_id})
    shop.remove("customers", row_id)


def delete_address(shop: Shop, row_id: int) -> None:
    """An address an order stands on is only marked, by an update."""
    used = any(
        str(row_id) in (order["id_address_delivery"], order["id_address_invoice"])
        for order in shop.table("orders").rows.values()
    )
    memory = shop.load("addresses", row_id)
    if used and memory is not None:
        shop.save("addresses", memory | {"deleted": "1"})
    else:
        shop.remove("addresses", row_id)


def _refuse_known_email(shop: Shop, memory: Row, *, code: int) -> None:
    """Case does not matter; a soft-deleted customer counts, a guest or a row of no shop does not."""
    for row in shop.table("customers").where("email", [str(memory.get("email"))]):
        if row["id"] != memory.get("id") and row["is_guest"] != "1" and row["id_shop"] == "1":
            sentence = "The email is already used, please choose another one"
            raise ApiError(500, (code, sentence), (46, "Unable to save resource"))


def _date_newsletter(shop: Shop, memory: Row) -> None:
    if memory.get("newsletter") == "1" and memory.get("newsletter_date_add") in (None, "", ZERO_DATETIME):
        memory["newsletter_date_add"] = shop.now()


def _delete_addresses(shop: Shop, customer: Row) -> None:
    for row in list(shop.table("addresses").where("id_customer", [str(customer["id"])])):
        if row["deleted"] != "1":
            delete_address(shop, int(str(row["id"])))
