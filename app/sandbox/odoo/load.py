"""`load`: create or update by external id, all or nothing; a bad row is a message, not an error."""

from __future__ import annotations

from collections.abc import Sequence

from app.sandbox.odoo.database import Row
from app.sandbox.odoo.faults import OdooError, value_error
from app.sandbox.odoo.records import Call, create_row, write_rows


class CellError(Exception):
    """One cell or row that cannot be imported; `message` is what the caller is told."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class LoadFailedError(Exception):
    """Takes all rows of a call back; the caller gets the messages."""


def load(call: Call, fields: Sequence[str], data: Sequence[Sequence[object]]) -> object:
    """Columns: `id` is the external id, `x_id/id` another record's, `x_id/.id` a database id. No lines."""
    for name in fields:
        if name.split("/")[0] not in (*call.model.fields, "id"):
            raise value_error(f"Invalid field name '{name}'")
    messages: list[Row] = []
    try:
        with call.db.transaction():
            ids = _load_rows(call, fields, data, messages)
    except LoadFailedError:
        return {"ids": False, "messages": messages, "nextrow": 0}
    return {"ids": ids, "messages": [], "nextrow": 0}


def _load_rows(call: Call, fields: Sequence[str], data: Sequence[Sequence[object]], messages: list[Row]) -> list[int]:
    ids: list[int] = []
    for number, cells in enumerate(data):
        try:
            ids.append(_load_row(call, dict(zip(fields, cells, strict=False))))
        except (CellError, OdooError) as error:
            messages.append(_message(number, error))
    if messages:
        raise LoadFailedError
    return ids


def _load_row(call: Call, cells: dict[str, object]) -> int:
    external = str(cells.pop("id", "") or "")
    if external and "." not in external:
        external = f"__import__.{external}"
    values = {name.split("/")[0]: _value(call, name, value) for name, value in cells.items()}
    known = call.db.external_ids.get(external)
    if known and known[1] in call.table:
        write_rows(call.on(call.model.name, [known[1]]), values)
        return known[1]
    new_id = create_row(call, values)
    if external:
        call.db.external_ids[external] = (call.model.name, new_id)
    return new_id


def _value(call: Call, name: str, value: object) -> object:
    base, _, form = name.partition("/")
    one = call.model.fields[base]
    if form == "id":
        target = call.db.external_ids.get(str(value))
        if value and target is None:
            raise CellError(f"No matching record found for external id '{value}' in field '{one.string}'", base)
        return target[1] if target else False
    if form == ".id":
        return int(str(value)) if value else False
    if one.selection and value and value not in one.selection:
        raise CellError(f"Value '{value}' not found in selection field '{one.string}'", base)
    return value


def _message(number: int, error: CellError | OdooError) -> Row:
    message: Row = {
        "rows": {"from": number, "to": number},
        "record": number,
        "type": "error",
        "message": error.message,
    }
    if isinstance(error, CellError) and error.field:
        message["field"] = error.field
    return message
