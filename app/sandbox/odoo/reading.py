"""Finding and reading rows: what is hidden, in which order, and how a value is shown."""

from __future__ import annotations

from collections.abc import Sequence

from app.sandbox.odoo.call import Call, check_access, is_id
from app.sandbox.odoo.computed import value_of
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.domain import Test, compile_domain, mentions
from app.sandbox.odoo.external_ids import show_external_ids
from app.sandbox.odoo.faults import value_error
from app.sandbox.odoo.values import to_read


def found_ids(
    call: Call, domain: object, *, offset: int = 0, limit: int | None = None, order: str | None = None
) -> list[int]:
    """Archived rows are hidden unless the context or the domain asks for them."""
    check_access(call, "read")
    if call.model.name == "ir.model.data":
        show_external_ids(call.db)
    test: Test = compile_domain(call.db, call.model.name, domain)
    hide = "active" in call.model.fields and call.context.get("active_test", True) and not mentions(domain, "active")
    rows = [row for row in call.table.values() if not (hide and not row["active"]) and test(row)]
    if call.model.name == "ir.attachment" and not (mentions(domain, "res_field") or mentions(domain, "id")):
        rows = [row for row in rows if not row["res_field"]]
    rows = _ordered(call, rows, order or call.model.order)
    end = None if not limit else offset + limit
    return [int(str(row["id"])) for row in rows[offset:end]]


def read_rows(call: Call, fields: Sequence[str] | None, *, pairs: bool) -> list[Row]:
    """Missing ids are left out without a word, and so are ids sent as text."""
    check_access(call, "read")
    names = list(fields) if fields else list(call.model.fields)
    for name in names:
        if name not in call.model.fields:
            raise value_error(invalid_field(call, name, " on "))
    rows = [call.table[one] for one in call.ids if is_id(one) and isinstance(one, int) and one in call.table]
    return [{"id": row["id"], **{name: _shown(call, row, name, pairs=pairs) for name in names}} for row in rows]


def invalid_field(call: Call, name: str, joint: str) -> str:
    """The wording differs: 17 says `on model`, 19 says `on` when reading and `in` when creating."""
    word = joint if call.db.version >= 19 else " on model "
    return f"Invalid field '{name}'{word}'{call.model.name}'"


def _shown(call: Call, row: Row, name: str, *, pairs: bool) -> object:
    lang = str(call.context.get("lang") or "") or None
    value = value_of(call.db, call.model.name, row, name, lang)
    return to_read(call.db, call.model.fields[name], value, pairs=pairs, sizes=bool(call.context.get("bin_size")))


def _ordered(call: Call, rows: list[Row], order: str) -> list[Row]:
    for part in reversed([part.split() for part in order.split(",")]):
        name, descending = part[0], part[-1].lower() == "desc"
        if name not in call.model.fields:
            raise value_error(f"Invalid field '{name}' on model '{call.model.name}'")
        rows = sorted(rows, key=lambda row: _sort_key(_orderable(call, row, name)), reverse=descending)
    return rows


def _orderable(call: Call, row: Row, name: str) -> object:
    return (
        row.get(name)
        if call.model.fields[name].stored and name in row
        else value_of(call.db, call.model.name, row, name)
    )


def _sort_key(value: object) -> tuple[int, float, str]:
    if isinstance(value, (int, float)):
        return (0, float(value), "")
    return (1, 0.0, str(value))
