"""Plants the demo shop a fresh PrestaShop 8.2.1 has, and the records our examples speak of.

`plant_demo` gives the shop the recordings were taken from; `plant_examples` adds customer 67 with an address
and order 1001 in state 2, so that the reverse-sync examples of the documentation work against the sandbox.
"""

from hashlib import md5, sha256

from .catalog import slug
from .resources import Resource, Value
from .seed_rows import COMBINATION_VALUES, DEMO, EXAMPLES, PICTURES
from .state import RESOURCES, Links, Row, Shop

INSTALLED = "2026-11-21 02:11:55"
ORDERED = "2026-11-21 02:11:56"
_AGED = "2026-11-20 20:11:55"  # last_passwd_gen lies six hours back by design


def password_hash(salt: str, password: str) -> str:
    """Looks like bcrypt (60 characters, `$2y$10$`) and costs nothing."""
    return "$2y$10$" + sha256(f"{salt}:{password}".encode()).hexdigest()[:53]


def plant(shop: Shop, resource: str, row_id: int, **values: Value) -> None:
    """Puts a row as if it had always been there: no hook, no mail."""
    installed: Row = {"date_add": INSTALLED, "date_upd": INSTALLED}
    shop.put(resource, row_id, installed | values | {"id": row_id})


def link(shop: Shop, resource: str, row_id: int, association: str, entries: Links) -> None:
    shop.table(resource).linked[row_id, association] = entries


def plant_demo(shop: Shop, *, version: str) -> None:
    _plant_text(shop, DEMO)
    plant(shop, "configurations", 66, name="PS_TIMEZONE", value=str(shop.zone))
    plant(shop, "configurations", 2, name="PS_VERSION_DB", value=version)
    for product in shop.table("products").rows:
        link(shop, "products", product, "categories", [{"id": "2"}, {"id": "6"}, {"id": "8"}])
        _plant_picture(shop, product, image=PICTURES.get(product, product), cover="1")
        link(shop, "products", product, "product_features", [{"id": "1", "id_feature_value": "3"}])
    _plant_picture(shop, 1, image=2, cover="0")
    for combination, values in COMBINATION_VALUES.items():
        link(shop, "combinations", combination, "product_option_values", [{"id": value} for value in values])


def plant_examples(shop: Shop) -> None:
    """Customer 67 "Jon Do", not subscribed; order 1001, paid, with one parcel that has no tracking number."""
    _plant_text(shop, EXAMPLES)
    shop.next_number("invoice")


def _plant_picture(shop: Shop, product: int, *, image: int, cover: str) -> None:
    plant(shop, "images", image, id_product=str(product), position="1", cover=cover)
    shop.pictures[image] = b"\x89PNG\r\n\x1a\n" + f"picture {image}".encode()


def _plant_text(shop: Shop, text: str) -> None:
    common: dict[str, dict[str, str]] = {}
    for line in text.strip().splitlines():
        head, _, rest = line.partition(":")
        name, _, row_id = head.partition(" ")
        values = dict(pair.strip().split("=", 1) for pair in rest.split(";") if pair.strip())
        if row_id == "*":
            common[name] = {**common.get(name, {}), **values}
        else:
            _plant_row(shop, RESOURCES[name], int(row_id), {**common.get(name, {}), **values})


def _plant_row(shop: Shop, resource: Resource, row_id: int, values: dict[str, str]) -> None:
    row: Row = {name: _typed(resource, name, text) for name, text in values.items()}
    if resource.name == "customers":
        email = values["email"]
        row["passwd"] = password_hash(email, "demo")
        row["secure_key"] = md5(email.encode(), usedforsecurity=False).hexdigest()
        row.setdefault("last_passwd_gen", _AGED)
        link(shop, "customers", row_id, "groups", [{"id": "3"}])
    if resource.name.startswith("order_"):
        row.update(date_add=ORDERED)
    if resource.name == "orders":
        row.update(date_add=ORDERED, date_upd=ORDERED)
    if resource.name == "order_details":
        row.update(_prices(values))
    if resource.name == "products":
        row["link_rewrite"] = {n: slug(t) for n, t in _two(values["name"]).items()}
    if resource.name in ("languages", "currencies"):
        row["date_format_full"] = f"{values.get('date_format_lite')} H:i:s"
        row["conversion_rate"] = "1"
    plant(shop, resource.name, row_id, **row)


def _prices(values: dict[str, str]) -> Row:
    price = values["product_price"]
    total = str(float(price) * int(values["product_quantity"]))
    return {
        "unit_price_tax_incl": price,
        "unit_price_tax_excl": price,
        "original_product_price": price,
        "total_price_tax_incl": total,
        "total_price_tax_excl": total,
    }


def _typed(resource: Resource, name: str, text: str) -> Value:
    return _two(text) if resource.fields[name].i18n else text


def _two(text: str) -> dict[int, str]:
    """`English|French`, or one text for both."""
    english, _, french = text.partition("|")
    return {1: english, 2: french or english}
