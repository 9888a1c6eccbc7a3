"""A small company to begin with: an administrator with a key, a limited user, a few contacts and countries.

Ids are those of the recorded servers, so that a recorded request means the same thing here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from app.sandbox.odoo import business
from app.sandbox.odoo.database import Account, Database
from app.sandbox.odoo.rules import recompute
from app.sandbox.odoo.seed_trade import plant_models, plant_trade

ADMIN_UID = 2
LIMITED_UID = 6
COUNTRIES = (
    (233, "United States", "US"),
    (75, "France", "FR"),
    (57, "Germany", "DE"),
    (231, "United Kingdom", "GB"),
)


def seeded(
    *,
    version: int = 17,
    name: str = "odoo",
    api_key: str = "sandbox-key",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    languages: tuple[str, ...] = ("en_US",),
) -> Database:
    """A database that `admin` opens with the given key (or, over JSON-RPC, the password `admin`)."""
    business.install()
    db = Database(version=version, name=name, now=now, languages=languages)
    _add_base(db)
    _add_users(db, api_key=api_key)
    _add_partners(db)
    plant_trade(db)
    plant_models(db)
    for table, rows in db.tables.items():
        for row_id in rows:
            recompute(db, table, row_id)
    return db


def _add_base(db: Database) -> None:
    db.add("res.company", {"name": "My Company"}, row_id=1)
    for row_id, name, code in COUNTRIES:
        db.add("res.country", {"name": name, "code": code}, row_id=row_id)
        db.external_ids[f"base.{code.lower()}"] = ("res.country", row_id)
    for row_id, state, code in ((13, "California", "CA"), (18, "Florida", "FL"), (41, "New York", "NY")):
        db.add("res.country.state", {"name": state, "code": code, "country_id": 233}, row_id=row_id)
    for row_id, tag in ((1, "Web"), (2, "VIP")):
        db.add("res.partner.category", {"name": tag}, row_id=row_id)
    db.external_ids["base.main_company"] = ("res.company", 1)


def _add_users(db: Database, *, api_key: str) -> None:
    db.add("res.partner", {"name": "My Company", "is_company": True}, row_id=1)
    db.add("res.partner", {"name": "Administrator", "email": "admin@example.com"}, row_id=3)
    db.add("res.partner", {"name": "Limited"}, row_id=6)
    users = ((ADMIN_UID, "admin", "Administrator", 3), (LIMITED_UID, "limited", "Limited", 6))
    for uid, login, name, partner in users:
        row = {"name": name, "login": login, "partner_id": partner, "company_id": 1, "company_ids": [1]}
        db.add("res.users", {**row, "lang": "en_US"}, row_id=uid)
    db.accounts = [
        Account(uid=ADMIN_UID, login="admin", password="admin", api_key=api_key),
        Account(
            uid=LIMITED_UID,
            login="limited",
            password="limited",
            api_key=f"{api_key}-limited",
            admin=False,
        ),
    ]
    db.add("res.users.apikeys", {"name": "sync", "user_id": ADMIN_UID, "scope": "rpc"}, row_id=1)


def _add_partners(db: Database) -> None:
    acme = {"name": "Acme Inc", "is_company": True, "email": "Acme@Example.COM", "phone": "+1 555 0100"}
    home = {"street": "1 Main", "city": "San Francisco", "zip": "94105", "country_id": 233, "state_id": 13}
    db.add("res.partner", {**acme, **home}, row_id=7)
    db.add("res.partner", {"name": "J2 One", "email": "one@x.test"}, row_id=8)
    for row_id, name, kind, street in (
        (11, "Ship Acme", "delivery", "2 Dock"),
        (12, "Bill Acme", "invoice", "3 Office"),
    ):
        child = {"name": name, "type": kind, "parent_id": 7, "street": street}
        db.add("res.partner", child, row_id=row_id)
    db.add("res.partner", {"name": "Archived Co", "active": False}, row_id=15)
    db.add("res.partner", {"name": "Dup1", "email": "dup@example.com"}, row_id=18)
    db.add("res.partner", {"name": "Dup2", "email": "Dup@Example.com"}, row_id=19)
