"""What a real Odoo 17.0 (and 19.0) answered over XML-RPC, in brief.

Each row names the recording it was distilled from. `fault` is the number of the fault and `says` words of its text:
what follows a traceback is its last line. `means` is what the connector has to make of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.errors import ActionRequired, AppError, NotFound, Rejected
from tests.contract.odoo_exchange import ANY

P: Final = "res.partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlExchange:
    recording: str
    service: str
    method: str
    args: tuple[object, ...]
    result: object = ANY
    fault: int | None = None
    says: str = ""
    means: type[AppError] | None = None

    @property
    def version(self) -> int:
        return int(self.recording[len("odoo") : len("odoo") + 2])


def common(recording: str, method: str, *args: object, **row: object) -> XmlExchange:
    return XmlExchange(recording=recording, service="common", method=method, args=args, **row)  # type: ignore[arg-type]


def call(recording: str, model: str, method: str, *args: object, **row: object) -> XmlExchange:
    """One `execute_kw`; the method's keyword arguments as `kw`, another user as `login`."""
    login, kw = row.pop("login", (2, "admin")), row.pop("kw", {})
    assert isinstance(login, tuple)
    sent = ("odoo", *login, model, method, list(args), kw)
    return XmlExchange(recording=recording, service="object", method="execute_kw", args=sent, **row)  # type: ignore[arg-type]


NONE_RESULT: Final = "TypeError: cannot marshal None unless allow_none is enabled"

XML_EXCHANGES: Final = (
    common("odoo17/xmlrpc_common_version", "version"),
    common("odoo17/xmlrpc_authenticate_good", "authenticate", "odoo", "admin", "admin", {}, result=2),
    common("odoo17/xmlrpc_authenticate_badpw", "authenticate", "odoo", "admin", "x", {}, result=False),
    common(
        "odoo17/xmlrpc_fault_wrongdb",
        *("authenticate", "nodb", "admin", "admin", {}),
        fault=1,
        says='FATAL:  database "nodb" does not exist',
        means=ActionRequired,
    ),
    call("odoo17/xmlrpc_read_missing_id", P, "read", [999999], ["name"], result=[]),
    call("odoo17/xmlrpc_create_single", P, "create", {"name": "XML"}),
    call("odoo17/xmlrpc_create_list", P, "create", [{"name": "XML1"}, {"name": "XML2"}]),
    call("odoo17/xmlrpc_write", P, "write", [7], {"phone": "+1 555 0199"}, result=True),
    call("odoo17/xmlrpc_none_argument_nil", P, "write", [7], {"street2": None}, result=True),
    call(
        "odoo17/xmlrpc_active_test_false",
        *(P, "search", [["name", "=", "Archived Co"]]),
        kw={"context": {"active_test": False}},
        result=[15],
    ),
    call(
        "odoo17/xmlrpc_fields_get",
        *(P, "fields_get", ["name", "type"]),
        kw={"attributes": ["type", "string", "selection"]},
    ),
    call(
        "odoo17/xmlrpc_fault_missing_write",
        *(P, "write", [999999], {"name": "1"}),
        fault=2,
        says="Record does not exist or has been deleted.\n(Record: res.partner(999999,), User: 2)",
        means=NotFound,
    ),
    call(
        "odoo17/xmlrpc_fault_validation",
        *(P, "create", {"email": "x"}),
        fault=2,
        says="The operation cannot be completed: Contacts require a name",
        means=Rejected,
    ),
    call(
        "odoo17/xmlrpc_fault_wrong_field",
        *(P, "write", [7], {"nofield": "1"}),
        fault=1,
        says="ValueError: Invalid field 'nofield' on model 'res.partner'",
        means=Rejected,
    ),
    call(
        "odoo17/xmlrpc_fault_access_denied",
        *("sale.order", "search", []),
        login=(2, "bad"),
        fault=3,
        says="Access Denied",
        means=ActionRequired,
    ),
    call(
        "odoo17/xmlrpc_fault_access_error",
        *("sale.order", "search", []),
        login=(6, "limited"),
        fault=4,
        says="You are not allowed to access 'Sales Order' (sale.order) records.",
        means=ActionRequired,
    ),
    common("odoo19/xmlrpc_common_version", "version"),
    call("odoo19/xmlrpc_read", P, "read", [8], ["name"], result=[{"id": 8, "name": "J2 One"}]),
)

# Not asked of the sandbox as they stand: they need records or faults it has no such request for.
XML_READINGS: Final[tuple[tuple[str, type[AppError] | None], ...]] = (
    ("odoo17/xmlrpc_fault_none_result_after_commit", None),
    ("odoo19/xmlrpc_none_result", None),
    ("odoo17/xmlrpc_bigint_str", Rejected),
    ("odoo17/xmlrpc_method_returning_none", Rejected),
    ("odoo17/xmlrpc_malformed", Rejected),
    ("odoo17/xmlrpc_search_read_partner", None),
)
