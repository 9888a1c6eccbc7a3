"""Leads: won is a stage, lost is archived."""

from __future__ import annotations

from app.sandbox.odoo.call import Call, check_access, existing
from app.sandbox.odoo.records import store


def action_set_won(call: Call) -> object:
    """Recorded: crm_lead_action_set_won, crm_lead_read_won."""
    check_access(call, "write")
    won = next(row_id for row_id, row in call.db.tables["crm.stage"].items() if row["is_won"])
    for lead in existing(call):
        closed = call.db.stamp().split(".")[0]
        store(call, lead, {"stage_id": won, "probability": 100.0, "date_closed": closed, "active": True})
    return True


def action_set_lost(call: Call, **values: object) -> object:
    """Archived, so no search finds it any more (crm_lead_lost_invisible). Answers nothing."""
    check_access(call, "write")
    for lead in existing(call):
        store(call, lead, {**values, "active": False, "probability": 0.0})
    return None
