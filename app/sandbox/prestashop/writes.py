"""POST, PUT, PATCH and DELETE, following `WebserviceRequest::saveEntityFromXml` of 8.2.1 step by step.

PUT empties what was not sent, PATCH leaves it; the target is the body's id, not the address'; nodes are saved
one by one, so the first of two may stand when the second is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .catalog import (
    PRODUCT_DEFAULTS,
    add_category,
    add_combination,
    add_product,
    delete_category,
    delete_combination,
    delete_product,
    save_category,
    save_product,
    set_type,
)
from .documents import Entity, read
from .errors import ApiError
from .images import delete_image, set_cover
from .order_states import add_history, set_current_state, set_shipping_number
from .orders import add_order
from .people import add_customer, delete_address, delete_customer, save_customer, set_password
from .resources import Field, Resource
from .state import Row, Shop
from .stock import save_stock
from .validate import validate

Setter = Callable[[Shop, Row, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    shop: Shop
    resource: Resource
    method: str
    send_email: bool = False


def _add_cart_rule(shop: Shop, memory: Row) -> int:
    memory["reduction_currency"] = memory.get("reduction_currency") or "1"
    return shop.insert("cart_rules", memory)


def _save_cart_rule(shop: Shop, memory: Row) -> None:
    memory["reduction_currency"] = memory.get("reduction_currency") or "1"
    shop.save("cart_rules", memory)


def _add_of_shop(name: str) -> Callable[[Shop, Row], int]:
    def add(shop: Shop, memory: Row) -> int:
        memory["id_shop"] = memory.get("id_shop") or "1"
        return shop.insert(name, memory)

    return add


SETTERS: Mapping[tuple[str, str], Setter] = {
    ("customers", "passwd"): set_password,
    ("orders", "current_state"): set_current_state,
    ("orders", "shipping_number"): set_shipping_number,
    ("products", "id_default_image"): set_cover,
    ("products", "type"): set_type,
}
DEFAULTS: Mapping[str, Row] = {"products": PRODUCT_DEFAULTS}
ADDS: Mapping[str, Callable[[Shop, Row], int]] = {
    "customers": add_customer, "orders": add_order, "cart_rules": _add_cart_rule, "products": add_product,
    "combinations": add_combination, "categories": add_category, "carts": _add_of_shop("carts"),
    "customer_threads": _add_of_shop("customer_threads"),
}  # fmt: skip
SAVES: Mapping[str, Callable[[Shop, Row], None]] = {
    "customers": save_customer, "cart_rules": _save_cart_rule, "products": save_product, "categories": save_category,
    "stock_availables": save_stock,
}  # fmt: skip
DELETES: Mapping[str, Callable[[Shop, int], None]] = {
    "customers": delete_customer,
    "addresses": delete_address,
    "products": delete_product,
    "combinations": delete_combination,
    "categories": delete_category,
    "images": delete_image,
}


def save_body(write: Write, body: bytes) -> list[Row]:
    """The objects as they are in memory after saving: what the answer shows, which is not always the row."""
    entities = read(body)
    _check_ids(write, entities)
    return [_save_one(write, entity) for entity in entities]


def delete(shop: Shop, resource: Resource, ids: list[str]) -> None:
    """All or none: one id that is not there keeps the others."""
    missing = [one for one in ids if shop.row(resource.name, one) is None]
    if missing or not ids:
        raise ApiError(404, (87, f"Id(s) not exists: {', '.join(missing)}"))
    remove = DELETES.get(resource.name)
    for one in ids:
        if remove:
            remove(shop, int(one))
        else:
            shop.remove(resource.name, int(one))


def save_object(shop: Shop, resource: Resource, memory: Row) -> None:
    save = SAVES.get(resource.name)
    if save:
        save(shop, memory)
    else:
        shop.save(resource.name, memory)


def add_object(shop: Shop, resource: Resource, memory: Row, *, send_email: bool) -> int:
    if resource.name == "order_histories":
        return add_history(shop, memory, mail=send_email)
    add = ADDS.get(resource.name)
    return add(shop, memory) if add else shop.insert(resource.name, memory)


def apply_setter(shop: Shop, resource: Resource, memory: Row, name: str, text: str) -> None:
    setter = SETTERS.get((resource.name, name))
    if setter:
        setter(shop, memory, text)
    else:
        memory[name] = text


def _check_ids(write: Write, entities: list[Entity]) -> None:
    ids = [entity.id for entity in entities if entity.id]
    if write.method == "POST":
        if ids:
            raise ApiError(400, (91, "id is forbidden when adding a new resource"))
        return
    if len(set(ids)) != len(ids):
        raise ApiError(400, (89, "id is duplicate in request"))
    if len(ids) != len(entities):
        raise ApiError(400, (90, "id is required when modifying a resource"))


def _save_one(write: Write, entity: Entity) -> Row:
    shop, resource = write.shop, write.resource
    memory = _object(write, entity)
    for field in resource.fields.values():
        if field.i18n:
            _take_texts(write, memory, field, entity)
        else:
            _take_field(write, memory, field, entity)
    validate(resource, memory, shop.languages())
    if write.method == "POST":
        add_object(shop, resource, memory, send_email=write.send_email)
    else:
        save_object(shop, resource, memory)
    for association in resource.associations:
        if association.name in entity.associations:
            links = [
                {name: entry.get(name, "0") for name in association.fields}
                for entry in entity.associations[association.name]
            ]
            shop.table(resource.name).linked[int(str(memory["id"])), association.name] = links
    return memory


def _object(write: Write, entity: Entity) -> Row:
    if write.method == "POST":
        return dict(DEFAULTS.get(write.resource.name, {}))
    memory = write.shop.load(write.resource.name, int(entity.id) if entity.id.isdecimal() else 0)
    if memory is None:
        raise ApiError(404, (92, "Invalid ID"))
    return memory


def _take_field(write: Write, memory: Row, field: Field, entity: Entity) -> None:
    sent = entity.fields.get(field.name)
    if sent is not None:
        if not field.writable:
            message = f'parameter "{field.name}" not writable. Please remove this attribute of this XML'
            raise ApiError(400, (93, message))
        apply_setter(write.shop, write.resource, memory, field.name, sent)
    elif field.required and write.method != "PATCH":
        raise ApiError(400, (41, f'parameter "{field.name}" required'))
    elif write.method == "PUT" and field.kind != "virtual":
        memory[field.name] = None


def _take_texts(write: Write, memory: Row, field: Field, entity: Entity) -> None:
    """On PATCH and PUT a required text keeps the languages not sent; any other text loses them."""
    known = write.shop.languages()
    sent = entity.texts.get(field.name)
    if sent:
        old = memory.get(field.name)
        kept = old if field.required and isinstance(old, dict) else {}
        new = {one: text for one, text in sent.items() if one in known}
        memory[field.name] = dict.fromkeys(known, "") | kept | new
    elif write.method != "PATCH" or field.name in entity.fields:
        memory[field.name] = None
