"""What the shop computes when it reads an object: fields without a column, associations of other tables."""

from .resources import Association, Resource, Value
from .state import Links, Row, Shop


def value_of(shop: Shop, resource: Resource, name: str, memory: Row) -> Value:
    """A field as it is read; only `virtual` ones need more than the object itself."""
    if resource.fields[name].kind != "virtual":
        return memory.get(name)
    if resource.name == "orders":
        return tracking_number(shop, memory["id"])
    return _product(shop, name, memory) if resource.name == "products" else "0"


def first_parcel(shop: Shop, order: Value) -> Row | None:
    """An order may have several order_carriers; `orders.shipping_number` looks at the first only."""
    return next(iter(shop.table("order_carriers").where("id_order", [str(order)])), None)


def tracking_number(shop: Shop, order: Value) -> str:
    parcel = first_parcel(shop, order)
    return "" if parcel is None else str(parcel["tracking_number"])


def _product(shop: Shop, name: str, memory: Row) -> Value:
    """Mixed types on purpose: the JSON of a product holds "0", 0, false and null side by side."""
    product = str(memory["id"])
    if name == "manufacturer_name":
        return "Studio Design" if str(memory.get("id_manufacturer") or "0") == "1" else False
    if name == "id_default_combination":
        mine = shop.table("combinations").where("id_product", [product])
        return next((str(row["id"]) for row in mine if row["default_on"] == "1"), 0)
    if name == "id_default_image":
        images = shop.table("images").where("id_product", [product])
        return next((str(row["id"]) for row in images if row["cover"] == "1"), "")
    if name == "position_in_category":
        return product if str(memory.get("id_category_default") or "0") != "0" else ""
    return _type(memory) if name == "type" else None


def _type(product: Row) -> str:
    """A product with combinations is simple too."""
    if product.get("cache_is_pack") == "1":
        return "pack"
    return "virtual" if product.get("is_virtual") == "1" else "simple"


def links_of(shop: Shop, resource: Resource, association: Association, row_id: int) -> Links:
    if resource.name == "orders":
        return _order_rows(shop, row_id)
    if resource.name == "customer_threads":
        return _ids(shop, "customer_messages", "id_customer_thread", row_id)
    if resource.name == "products" and association.name in ("combinations", "images"):
        return _ids(shop, association.name, "id_product", row_id)
    if resource.name == "products" and association.name == "product_option_values":
        return _values_of(shop, row_id)
    if resource.name == "product_options":
        return _ids(shop, "product_option_values", "id_attribute_group", row_id)
    if resource.name == "categories" and association.name == "categories":
        return _ids(shop, "categories", "id_parent", row_id)
    if resource.name == "products" and association.name == "stock_availables":
        stock = shop.table("stock_availables").where("id_product", [str(row_id)])
        return [{"id": str(s["id"]), "id_product_attribute": str(s["id_product_attribute"])} for s in stock]
    return shop.table(resource.name).linked.get((row_id, association.name), [])


def _ids(shop: Shop, resource: str, column: str, row_id: int) -> Links:
    return [{"id": str(row["id"])} for row in shop.table(resource).where(column, [str(row_id)])]


def _values_of(shop: Shop, product: int) -> Links:
    """The option values that its combinations use."""
    table = shop.table("combinations")
    mine = [int(str(row["id"])) for row in table.where("id_product", [str(product)])]
    used = {link["id"]: link for one in mine for link in table.linked.get((one, "product_option_values"), [])}
    return list(used.values())


def _order_rows(shop: Shop, order: int) -> Links:
    names = (
        "product_id", "product_attribute_id", "product_quantity", "product_name", "product_reference",
        "product_ean13", "product_isbn", "product_upc", "product_price", "id_customization",
        "unit_price_tax_incl", "unit_price_tax_excl",
    )  # fmt: skip
    lines = shop.table("order_details").where("id_order", [str(order)])
    return [{"id": str(line["id"])} | {name: str(line[name]) for name in names} for line in lines]
