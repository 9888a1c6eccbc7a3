"""The `context` of a call, checked as Odoo's environment checks it before a method runs."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.odoo.database import Database
from app.sandbox.odoo.faults import access_error, user_error, value_error


def checked_context(db: Database, context: object) -> Mapping[str, object]:
    """17 ignores a language that is not installed, 19 refuses it; a foreign company is refused by both."""
    if context is None:
        return {}
    if not isinstance(context, Mapping):
        raise value_error("dictionary update sequence element #0 has length 1; 2 is required")
    lang = context.get("lang")
    if db.version >= 19 and lang and lang not in db.languages:
        raise user_error(f"Invalid language code: {lang}")
    companies = context.get("allowed_company_ids") or []
    if any(company not in db.tables["res.company"] for company in companies):
        raise access_error("Access to unauthorized or invalid companies.")
    return context
