"""`ir.model.data`: names for records. `load` makes them, and a row made directly is a claim only one can have."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.odoo.behaviour import Behaviour
from app.sandbox.odoo.call import Call
from app.sandbox.odoo.database import Database, Row
from app.sandbox.odoo.faults import validation_error

MODEL = "ir.model.data"


def show_external_ids(db: Database) -> None:
    """Brings the rows of the model in line with the names in use; a name goes with its record."""
    table = db.tables[MODEL]
    rows = {f"{row['module']}.{row['name']}": row_id for row_id, row in table.items()}
    for name, row_id in rows.items():
        if name not in db.external_ids:
            table.pop(row_id)
    for name, (model, res_id) in db.external_ids.items():
        if name not in rows:
            module, _, rest = name.partition(".")
            db.add(MODEL, {"module": module, "name": rest, "model": model, "res_id": res_id})


def _created(call: Call, row: Row) -> None:
    """Recorded: ir_model_data_err_duplicate, ir_model_data_claim_race."""
    module, name = row["module"] or "", row["name"]
    if f"{module}.{name}" in call.db.external_ids:
        raise validation_error(
            "The operation cannot be completed: duplicate key value violates unique constraint "
            f'"ir_model_data_module_name_uniq_index"\nDETAIL:  Key (module, name)=({module}, {name}) already exists.\n'
        )
    call.db.external_ids[f"{module}.{name}"] = (str(row["model"]), int(str(row["res_id"])))


def _deleted(call: Call, row: Row) -> None:
    call.db.external_ids.pop(f"{row['module']}.{row['name']}", None)


BEHAVIOURS: Mapping[str, Behaviour] = {MODEL: Behaviour(created=_created, deleted=_deleted)}
