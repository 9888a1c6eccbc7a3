"""The outer form that both Odoo's webhook and the shop module post: one parse, one hash, one set of errors.

`{"event_id": "…", "entity_type": "customer", "action_type": "updated", "data": {…}}`
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar

import orjson

from app.entities.base import Action, EntityType, Json
from app.errors import BadPayload

MAX_EVENT_ID: Final = 200
ENVELOPE: Final = frozenset({"event_id", "entity_type", "action_type", "data"})
_MOST_NOTES: Final = 20
_T = TypeVar("_T")
OnNul = Callable[[dict[str, Json]], dict[str, Json]]
"""What becomes of a body that may have NUL characters, which no database text and no XML holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The four parts, each of the right type and known; `data` is not looked into yet.

    `body_hash` is over the whole body in canonical form: white space and the order of keys make no
    difference.
    """

    event_id: str
    entity_type: EntityType
    action: Action
    data: dict[str, Json]
    body_hash: str
    notes: tuple[str, ...]


def refuse_nul(body: dict[str, Json]) -> dict[str, Json]:
    """For what is to be taken over as it stands: raises `BadPayload` with the field's name."""
    _refuse_nul(body, "")
    return body


def strip_nul_from_data(body: dict[str, Json]) -> dict[str, Json]:
    """For a hint, whose `data` is only kept to be looked at: refusing it would lose a genuine edit."""
    body = {**body, "data": _without_nul(body.get("data"))}
    return refuse_nul(body)


def parse(
    raw: bytes,
    *,
    entity_types: Mapping[str, EntityType],
    actions: Mapping[str, Action],
    refused: Mapping[str, str] = MappingProxyType({}),
    on_nul: OnNul = refuse_nul,
) -> Envelope:
    """Raises `BadPayload` for any body that is not such an envelope, and nothing else.

    `refused` gives the reason for actions that exist but are not taken here. `on_nul` is called after `_hash`, which
    bounds the depth, and only if the body may have such a character.
    """
    body = _json_object(raw)
    body_hash = _hash(body)
    if b"\\u0000" in raw:
        body = on_nul(body)
    if isinstance(action := body.get("action_type"), str) and action in refused:
        raise BadPayload(refused[action], field="action_type")
    return Envelope(
        event_id=_event_id(body.get("event_id")),
        entity_type=_known("entity_type", body.get("entity_type"), entity_types),
        action=_known("action_type", body.get("action_type"), actions),
        data=_data(body.get("data")),
        body_hash=body_hash,
        notes=ignored(body.keys() - ENVELOPE, where="outside data "),
    )


def ignored(names: Iterable[str], *, where: str = "") -> tuple[str, ...]:
    """One note per field that was not understood: the sender never retries, so refusing would lose the
    rest."""
    known = sorted(names)
    notes = tuple(f'unknown field "{short(name)}" {where}was ignored' for name in known[:_MOST_NOTES])
    rest = len(known) - _MOST_NOTES
    return (*notes, f"{rest} more unknown fields were ignored") if rest > 0 else notes


def short(value: object) -> str:
    """A piece of what was sent, fit for a message."""
    text = value if isinstance(value, str) else type(value).__name__
    return text if len(text) <= 60 else text[:57] + "…"


def _json_object(raw: bytes) -> dict[str, Json]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadPayload(
            f"the body is not JSON in UTF-8: {error.msg} at line {error.lineno} column {error.colno}"
        ) from error
    if not isinstance(body, dict):
        raise BadPayload('the body must be a JSON object: {"event_id", "entity_type", "action_type", "data"}')
    return body


def _refuse_nul(value: Json, path: str) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise BadPayload(f"{path} has a NUL character (\\u0000); remove it", field=path)
        return
    pairs: Iterable[tuple[str, Json]] = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = ((str(index), item) for index, item in enumerate(value))
    for name, item in pairs:
        inner = f"{path}.{name}" if path else name
        if "\x00" in name:
            raise BadPayload(f"a field name in {path or 'the body'} has a NUL character (\\u0000); remove it")
        _refuse_nul(item, inner)


def _without_nul(value: Json) -> Json:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {name.replace("\x00", ""): _without_nul(item) for name, item in value.items()}
    return [_without_nul(item) for item in value] if isinstance(value, list) else value


def _event_id(value: Json) -> str:
    if value is None:
        raise BadPayload(
            "event_id is missing; give each event its own, e.g. odoo-customer-123-1699365000",
            field="event_id",
        )
    if not isinstance(value, str):
        raise BadPayload("event_id must be text", field="event_id")
    if not 1 <= len(value) <= MAX_EVENT_ID or not value.strip():
        raise BadPayload(f"event_id must have 1 to {MAX_EVENT_ID} characters", field="event_id")
    return value


def _known(name: str, value: Json, known: Mapping[str, _T]) -> _T:
    if isinstance(value, str) and value in known:
        return known[value]
    listing = ", ".join(known)
    if value is None:
        raise BadPayload(f"{name} is missing; one of: {listing}", field=name)
    raise BadPayload(f'{name} "{short(value)}" is not known; one of: {listing}', field=name)


def _data(value: Json) -> dict[str, Json]:
    if value is None:
        raise BadPayload("data is missing; it holds the record's fields", field="data")
    if not isinstance(value, dict):
        raise BadPayload("data must be a JSON object with the record's fields", field="data")
    return value


def _hash(body: dict[str, Json]) -> str:
    try:
        text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise BadPayload("the body is nested too deeply") from error
    return hashlib.sha256(text).hexdigest()
