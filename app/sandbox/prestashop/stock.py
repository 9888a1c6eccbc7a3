"""Stock rows: one per product (combination 0, the total) and one per combination."""

from .resources import Value
from .state import Row, Shop


def save_stock(shop: Shop, memory: Row) -> None:
    """A combination's stock recomputes the product's total row; neither touches the product's date_upd."""
    shop.save("stock_availables", memory)
    if str(memory.get("id_product_attribute") or "0") != "0":
        add_up(shop, memory["id_product"])


def add_up(shop: Shop, product: Value) -> None:
    """The product's total row again, from those of its combinations."""
    rows = rows_of(shop, product)
    total = sum(int(str(row["quantity"])) for row in rows if row["id_product_attribute"] != "0")
    for row in rows:
        if row["id_product_attribute"] == "0":
            shop.save("stock_availables", row | {"quantity": str(total)})


def close_stock(shop: Shop, product: Value, combination: Value = None) -> None:
    """Without a hook, as the rows go by SQL. `combination` None: all rows of the product."""
    for row in rows_of(shop, product):
        if combination is None or row["id_product_attribute"] == str(combination):
            shop.table("stock_availables").drop(int(str(row["id"])))


def rows_of(shop: Shop, product: Value) -> list[Row]:
    return list(shop.table("stock_availables").where("id_product", [str(product)]))


def move_stock(shop: Shop, product: Value, combination: Value, by: int) -> None:
    for row in rows_of(shop, product):
        if row["id_product_attribute"] == str(combination or "0"):
            save_stock(shop, row | {"quantity": str(int(str(row["quantity"])) + by)})


def open_stock(shop: Shop, product: Value, combination: Value) -> None:
    """A new product or combination gets its stock row, empty, without a hook."""
    row_id = shop.table("stock_availables").next_id
    shop.put("stock_availables", row_id, {
        "id": row_id, "id_product": str(product), "id_product_attribute": str(combination), "id_shop": "1",
        "quantity": "0", "out_of_stock": "2",
    })  # fmt: skip
