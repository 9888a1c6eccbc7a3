"""From the bytes Odoo posted to an event the pipeline can trust, or to words that say which field is wrong
and why.

On the hot path: one parse of the body, one pass of pydantic-core over `data` (`ingest/fields.py`), one hash.
`data` is partial: an absent field is left alone in the shop. A field that is not known is reported, not
refused: Odoo never retries a webhook, and refusing would lose the rest of the edit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from pydantic import ValidationError

from app.connectors import envelope
from app.entities import address, coupon, order
from app.entities.base import Action, EntityType, Json, NaturalKey
from app.errors import BadPayload
from app.ingest.fields import LINE_WORDS
from app.ingest.shapes import NEW_ORDER, ORDER, SHAPES, Shape

ENTITY_TYPES: Final = {
    str(kind): kind for kind in (EntityType.CUSTOMER, EntityType.ADDRESS, EntityType.ORDER, EntityType.COUPON)
}
ACTIONS: Final = {str(action): action for action in (Action.CREATED, Action.UPDATED)}
REFUSED: Final = {
    "deleted": "action_type deleted is not taken: the reverse sync deletes nothing in the shop; "
    'send "updated" with active false instead'
}
_MOST_PROBLEMS: Final = 5


@dataclass(frozen=True, slots=True)
class Event:
    """One accepted change, as Odoo meant it. `fields` are validated, JSON-able, only those given, and without
    the id.

    `native_id` is the shop's id. `entity_key` is what the queue keeps one at a time.
    """

    event_id: str
    entity_type: EntityType
    action: Action
    fields: dict[str, Json]
    native_id: str | None
    natural_key: NaturalKey | None
    notes: tuple[str, ...]
    body_hash: str

    @property
    def entity_key(self) -> str:
        return self.native_id if self.native_id is not None else str(self.natural_key)


def parse_envelope(raw: bytes) -> Event:
    """Raises `BadPayload` whose message names the field and what to do, and nothing else.

    `raw`: `{"event_id": "odoo-customer-123-1699365000", "entity_type": "customer", "action_type": "updated",
    "data": {"id": 67, "newsletter": true}}`
    """
    outer = envelope.parse(raw, entity_types=ENTITY_TYPES, actions=ACTIONS, refused=REFUSED)
    shape = SHAPES[outer.entity_type, outer.action]
    fields = _validated(shape, outer.data)
    native_id = fields.pop("id", None)
    notes = outer.notes + _ignored(shape, outer.data)
    if outer.entity_type is EntityType.ADDRESS:
        notes += _one_country_and_state(fields)
    if outer.action is Action.CREATED:
        notes += _check_new(outer.entity_type, shape, fields)
    if outer.entity_type is EntityType.COUPON:
        coupon.check(fields)
    natural_key = _natural_key(outer, shape, fields)
    if native_id is None and natural_key is None:
        raise BadPayload(f"data needs the id of the record in the shop, or {shape.named_by}", field="data.id")
    return Event(
        event_id=outer.event_id,
        entity_type=outer.entity_type,
        action=outer.action,
        fields=fields,
        native_id=None if native_id is None else str(native_id),
        natural_key=natural_key,
        notes=notes,
        body_hash=outer.body_hash,
    )


def _validated(shape: Shape, data: dict[str, Json]) -> dict[str, Json]:
    try:
        return cast("dict[str, Json]", shape.validate(data))
    except ValidationError as error:
        raise _as_bad_payload(error) from error


def _as_bad_payload(error: ValidationError) -> BadPayload:
    """All that is wrong in one message; `field` is the first."""
    problems: list[tuple[str, str]] = []
    for problem in error.errors(include_url=False, include_input=False):
        path = ".".join(("data", *(envelope.short(str(part)) for part in problem["loc"])))
        problems.append((path, _words(problem["type"], problem.get("ctx", {}).get("error"), problem["msg"])))
    said = "; ".join(f"{path} {words}" for path, words in problems[:_MOST_PROBLEMS])
    return BadPayload(said, field=problems[0][0])


def _words(kind: str, cause: object, otherwise: str) -> str:
    match kind:
        case "value_error":
            return str(cause)
        case "missing":
            return "is missing"
        case "list_type":
            return "must be a list"
        case "dict_type":
            return "must be an object"
        case "too_short":
            return "must not be empty"
        case _:
            return f"is not taken: {otherwise}"


def _ignored(shape: Shape, data: dict[str, Json]) -> tuple[str, ...]:
    notes = _ignored_in_lines(data) if shape is NEW_ORDER else ()
    unknown = data.keys() - shape.known
    if not unknown:
        return notes
    fixed = unknown & NEW_ORDER.known if shape is ORDER else set()
    kept = tuple(f'"{name}" of an existing order cannot be changed and was ignored' for name in sorted(fixed))
    return notes + kept + envelope.ignored(unknown - fixed)


def _ignored_in_lines(data: dict[str, Json]) -> tuple[str, ...]:
    """A price in a line, for instance: the shop reckons with its own prices."""
    lines = data.get("lines")
    given = {name for line in lines if isinstance(line, dict) for name in line} if isinstance(lines, list) else set()
    return envelope.ignored(given - LINE_WORDS, where="in lines ")


def _one_country_and_state(fields: dict[str, Json]) -> tuple[str, ...]:
    """`country` and `state` become `id_country` and `id_state`, which hold an id or an ISO code until
    resolved."""
    for short, name in (("country", "id_country"), ("state", "id_state")):
        if short in fields:
            value = fields.pop(short)
            if fields.setdefault(name, value) != value:
                raise BadPayload(f"data has both {short} and {name}, and they differ; send one", field=f"data.{short}")
    if "id_country" in fields and fields["id_country"] is None:
        del fields["id_country"]
        return ("an empty country is not taken over: every address in the shop has one",)
    return ()


def _check_new(entity_type: EntityType, shape: Shape, fields: dict[str, Json]) -> tuple[str, ...]:
    """Raises for what is missing; the notes say what will be supplied instead."""
    missing = [name for name in shape.required if name not in fields]
    if shape.owner and not any(name in fields for name in shape.owner):
        missing.insert(0, " or ".join(shape.owner))
    if missing:
        raise BadPayload(
            f"data lacks {', '.join(missing)}: a new {entity_type} needs it",
            field=f"data.{missing[0].split()[0]}",
        )
    if entity_type is EntityType.COUPON:
        coupon.check_new(fields)
        return () if "quantity" in fields else (coupon.UNSET_QUANTITY,)
    if entity_type is EntityType.ADDRESS and "id_country" not in fields:
        return (address.UNSET_COUNTRY,)
    return ()


def _natural_key(outer: envelope.Envelope, shape: Shape, fields: dict[str, Json]) -> NaturalKey | None:
    if outer.entity_type is EntityType.ORDER and outer.action is Action.CREATED:
        return order.creation_key(fields, outer.event_id)
    return shape.natural_key(fields)
