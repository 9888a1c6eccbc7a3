"""What saving or deleting a product, a combination or a category does besides writing its row."""

from unicodedata import normalize

from .images import delete_image
from .state import Row, Shop
from .stock import add_up, close_stock, open_stock

PRODUCT_DEFAULTS: Row = {"condition": "new", "visibility": "both", "id_shop_default": "1"}
HOME = "2"
_TYPES = ("simple", "pack", "virtual")


def add_product(shop: Shop, memory: Row) -> int:
    names = memory.get("name")
    texts = names if isinstance(names, dict) else {}
    if not isinstance(memory.get("link_rewrite"), dict):
        memory["link_rewrite"] = {one: slug(texts.get(one, "")) for one in shop.languages()}
    row_id = shop.insert("products", memory)
    open_stock(shop, row_id, 0)
    _index(shop, row_id)
    return row_id


def save_product(shop: Shop, memory: Row) -> None:
    memory.update({name: value for name, value in PRODUCT_DEFAULTS.items() if not memory.get(name)})
    memory["unit_price_ratio"] = memory.get("unit_price_ratio") or "0"
    shop.save("products", memory)
    _index(shop, int(str(memory["id"])))


def set_type(shop: Shop, memory: Row, text: str) -> None:
    """`Product::setWsType` of 8.2.1: any other word changes nothing, and what is stored looks at the combinations."""
    if text in _TYPES:
        several = any(shop.table("combinations").where("id_product", [str(memory.get("id"))]))
        ordinary = "combinations" if several else "standard"
        memory["cache_is_pack"] = "1" if text == "pack" else "0"
        memory["is_virtual"] = "1" if text == "virtual" else "0"
        memory["product_type"] = text if text != "simple" else ordinary


def delete_product(shop: Shop, row_id: int) -> None:
    """With its combinations and images; the stock rows go without a word (recording 653)."""
    shop.remove("products", row_id)
    for row in list(shop.table("combinations").where("id_product", [str(row_id)])):
        shop.remove("combinations", int(str(row["id"])))
    for row in list(shop.table("images").where("id_product", [str(row_id)])):
        delete_image(shop, int(str(row["id"])))
    close_stock(shop, row_id)


def add_combination(shop: Shop, memory: Row) -> int:
    """The first one of a product is its default: the row says so, the answer does not yet."""
    first = not any(shop.table("combinations").where("id_product", [str(memory["id_product"])]))
    row_id = shop.insert("combinations", memory)
    if first:
        shop.table("combinations").rows[row_id]["default_on"] = "1"
    open_stock(shop, memory["id_product"], row_id)
    return row_id


def delete_combination(shop: Shop, row_id: int) -> None:
    product = shop.text("combinations", row_id, "id_product")
    shop.remove("combinations", row_id)
    close_stock(shop, product, row_id)
    add_up(shop, product)


def add_category(shop: Shop, memory: Row) -> int:
    memory["id_parent"] = memory.get("id_parent") or HOME
    memory["id_shop_default"] = memory.get("id_shop_default") or "1"
    _set_depth(shop, memory)
    return shop.insert("categories", memory)


def save_category(shop: Shop, memory: Row) -> None:
    """The depth is reckoned anew, whatever was sent (`Category::update`, by its source)."""
    _set_depth(shop, memory)
    shop.save("categories", memory)


def _set_depth(shop: Shop, memory: Row) -> None:
    above = shop.text("categories", memory["id_parent"], "level_depth") or "0"
    memory["level_depth"] = str(int(above) + 1)


def delete_category(shop: Shop, row_id: int) -> None:
    """With everything below it."""
    for row in list(shop.table("categories").where("id_parent", [str(row_id)])):
        delete_category(shop, int(str(row["id"])))
    shop.remove("categories", row_id)


def _index(shop: Shop, row_id: int) -> None:
    """The search index takes active products only; the row says so, the answer does not yet."""
    row = shop.table("products").rows[row_id]
    row["indexed"] = "1" if row["active"] == "1" else row["indexed"]


def slug(text: str) -> str:
    """Without accents, as the shop makes it unless it was told to keep them."""
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())
