"""`load`: create or update by external id, all or nothing; a bad row is a message, not an error.

Columns: `id` is the external id, `.id` the database id, `x_id/id` another record's external id, `x_id/.id` its database
id, `x_id` its name; `lines/name` is a field of a line. Rows without a value of the record itself add lines to the one
above. Lines without an id of their own are made anew each time (load_sale_order_with_lines_again: 2 became 4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.sandbox.odoo.cells import CellError, cell_value
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.faults import OdooError, value_error
from app.sandbox.odoo.fields import Model
from app.sandbox.odoo.records import Call, create_row, write_rows

LOST_RACE = "could not serialize access due to concurrent update\n"
Record = tuple[int, Row, dict[str, list[Row]]]


class LoadFailedError(Exception):
    """Takes all rows of a call back; the caller gets the messages."""


def load(call: Call, fields: Sequence[str], data: Sequence[Sequence[object]]) -> object:
    for name in fields:
        if name.split("/")[0] not in (*call.model.fields, "id", ".id"):
            raise value_error(f"Invalid field name '{name}'")
    messages: list[Row] = []
    if call.db.load_races > 0:
        call.db.load_races -= 1
        return {"ids": False, "messages": [_message(0, CellError(LOST_RACE))], "nextrow": 0}
    try:
        with call.db.transaction():
            ids = _load_all(call, fields, data, messages)
    except LoadFailedError:
        return {"ids": False, "messages": messages, "nextrow": 0}
    return {"ids": ids, "messages": [], "nextrow": 0}


def _load_all(call: Call, fields: Sequence[str], data: Sequence[Sequence[object]], messages: list[Row]) -> list[int]:
    ids: list[int] = []
    for number, cells, lines in _records(call.model, fields, data):
        try:
            ids.append(_load_one(call, cells, lines))
        except (CellError, OdooError) as error:
            messages.append(_message(number, error))
    if messages:
        raise LoadFailedError
    return ids


def _records(model: Model, fields: Sequence[str], data: Sequence[Sequence[object]]) -> Iterator[Record]:
    """The rows as records with their lines; the number is that of a record's first row."""
    current: Record | None = None
    for number, cells in enumerate(data):
        row = dict(zip(fields, cells, strict=False))
        own = {name: value for name, value in row.items() if not _is_line(model, name)}
        if current is None or any(value not in ("", False, None) for value in own.values()):
            if current is not None:
                yield current
            current = (number, own, {})
        for name in {name.split("/")[0] for name in row if _is_line(model, name)}:
            line = {key.partition("/")[2]: value for key, value in row.items() if key.startswith(f"{name}/")}
            if any(value not in ("", False, None) for value in line.values()):
                current[2].setdefault(name, []).append(line)
    if current is not None:
        yield current


def _is_line(model: Model, name: str) -> bool:
    base, _, rest = name.partition("/")
    return bool(rest) and base in model.fields and model.fields[base].type == "one2many"


def _load_one(call: Call, cells: Row, lines: dict[str, list[Row]]) -> int:
    external = _full(cells.pop("id", ""))
    database_id = cells.pop(".id", "")
    values = _values(call, cells)
    for name, rows in lines.items():
        values[name] = [_line_command(call.on(str(call.model.fields[name].relation)), row) for row in rows]
    known = int(str(database_id)) if database_id else _known(call, external)
    if known is not None:
        write_rows(call.on(call.model.name, [known]), values)
        return known
    new_id = create_row(call, values)
    if external:
        call.db.external_ids[external] = (call.model.name, new_id)
    return new_id


def _line_command(call: Call, cells: Row) -> list[object]:
    """A line that has an external id is found again; one without is new, also the second time."""
    external = _full(cells.pop("id", ""))
    database_id = cells.pop(".id", "")
    known = int(str(database_id)) if database_id else _known(call, external)
    values = _values(call, cells)
    if known is not None:
        return [1, known, values]
    return [0, 0, {**values, **({"__external": external} if external else {})}]


def _values(call: Call, cells: Row) -> Row:
    return {name.split("/")[0]: cell_value(call, name, value) for name, value in cells.items()}


def _known(call: Call, external: str) -> int | None:
    known = call.db.external_ids.get(external)
    return known[1] if known and known[1] in call.table else None


def _full(value: object) -> str:
    external = str(value or "")
    return f"__import__.{external}" if external and "." not in external else external


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
