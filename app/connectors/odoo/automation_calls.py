"""Reading and writing automation rules over Odoo's API; `automation.py` decides. Few calls, whatever their number.

Making or changing a rule makes every worker process of Odoo load its hooks anew (0.5 to 2.5 s at its next call, 17.0),
so that all missing rules are made in one call.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from app.connectors.odoo.automation import Act, Compared, FieldIds, Found, Wanted
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.values import id_of, ids_of, text_of
from app.entities.base import Json
from app.errors import ActionRequired, AppError

RULE: Final = "base.automation"
ACTION: Final = "ir.actions.server"
FIELD: Final = "ir.model.fields"
MODEL: Final = "ir.model"
_RULE_FIELDS: Final = (
    "name",
    "model_id",
    "active",
    "trigger",
    "trigger_field_ids",
    "filter_domain",
    "action_server_ids",
)
_ACTION_FIELDS: Final = ("state", "webhook_url", "webhook_field_ids")


class Rules:
    """The rules of one Odoo database, as the user of `client` sees them. `name`: of the connection, for messages."""

    def __init__(self, client: OdooClient, *, name: str) -> None:
        self._client = client
        self._name = name
        self._models: dict[str, int] = {}
        self._fields: dict[str, dict[str, int]] = {}

    async def check_rights(self) -> None:
        """Raises `ActionRequired` saying what the user or the database lacks."""
        try:
            allowed = await self._client.has_access(RULE, "create") and await self._client.has_access(ACTION, "create")
        except AppError as error:
            if error.code != "not_installed":
                raise
            raise ActionRequired(
                f"{self._name}: this Odoo has no automation rules; install its app `Automation Rules` "
                "(base_automation)",
                code="not_installed",
            ) from error
        if not allowed:
            raise ActionRequired(
                f"{self._name}: the Odoo user may not make automation rules, which takes the right `Administration: "
                "Settings`. Give it for the moment of this command, or run `shopsync odoo install` with --login of an "
                "administrator; the daily work needs no such right",
                code="no_access",
            )

    async def learn(self, models: Mapping[str, Collection[str]]) -> FieldIds:
        """Which of these models and fields the database has. Two calls."""
        rows = await self._client.search_read(MODEL, [["model", "in", list[Json](sorted(models))]], ["model"])
        self._models = {str(row["model"]): id_of(row["id"]) or 0 for row in rows}
        names = sorted({name for fields in models.values() for name in fields})
        domain: list[Json] = [["model", "in", list[Json](sorted(self._models))], ["name", "in", list[Json](names)]]
        self._fields = {model: {} for model in self._models}
        for row in await self._client.search_read(FIELD, domain, ["model", "name"]):
            self._fields[str(row["model"])][str(row["name"])] = id_of(row["id"]) or 0
        return self._fields

    async def find(self, prefix: str) -> list[Found]:
        """Every rule whose name begins so, switched off or not. At most four calls."""
        domain: list[Json] = [["name", "=like", f"{prefix}%"], ["active", "in", [True, False]]]
        rows = [
            row
            for row in await self._client.search_read(RULE, domain, _RULE_FIELDS)
            if str(row["name"]).startswith(prefix)  # in a pattern, `_` stands for any letter
        ]
        action_ids = sorted({number for row in rows for number in ids_of(row["action_server_ids"])})
        actions = {id_of(row["id"]): row for row in await self._client.read(ACTION, action_ids, _ACTION_FIELDS)}
        field_ids = {number for row in rows for number in ids_of(row["trigger_field_ids"])}
        field_ids |= {number for row in actions.values() for number in ids_of(row["webhook_field_ids"])}
        fields = {
            id_of(row["id"]): str(row["name"]) for row in await self._client.read(FIELD, sorted(field_ids), ["name"])
        }
        model_ids = sorted({id_of(row["model_id"]) or 0 for row in rows})
        models = {id_of(row["id"]): str(row["model"]) for row in await self._client.read(MODEL, model_ids, ["model"])}
        return [_found(row, actions, fields, models) for row in rows]

    async def carry_out(self, acts: Sequence[tuple[Act, Compared]]) -> None:
        """After `learn`. What is made is made in one call, all or nothing; what is removed likewise."""
        by_act: dict[Act, list[Compared]] = {act: [each for did, each in acts if did is act] for act in Act}
        await self._make([each.wanted for each in by_act[Act.MAKE] if each.wanted is not None])
        for each in by_act[Act.MEND]:
            if each.wanted is not None and each.found is not None:
                await self._mend(each.wanted, each.found)
        await self._remove([each.found for each in by_act[Act.REMOVE] if each.found is not None])

    async def _make(self, wanted: Sequence[Wanted]) -> None:
        rows: list[Row] = [
            {
                "name": rule.name,
                "model_id": self._models[rule.model],
                **self._rule(rule),
                "action_server_ids": [[0, 0, self._new_action(rule)]],
            }
            for rule in wanted
        ]
        await self._client.create(RULE, rows)

    async def _mend(self, wanted: Wanted, found: Found) -> None:
        """In one call; further actions that somebody gave the rule stay."""
        if found.model != wanted.model:
            # Fields and actions hang on the model: a rule cannot change it.
            await self._remove([found])
            await self._make([wanted])
            return
        action: list[Json] = [0, 0, self._new_action(wanted)]
        if found.action_id is not None:
            action = [1, found.action_id, self._said(wanted)]
        await self._client.write(
            RULE, [found.id], {**self._rule(wanted), "active": True, "action_server_ids": [action]}
        )

    async def _remove(self, found: Sequence[Found]) -> None:
        """The rules, and their webhook actions where Odoo left them behind."""
        if not found:
            return
        await self._client.unlink(RULE, [rule.id for rule in found])
        actions: list[Json] = [rule.action_id for rule in found if rule.action_id is not None]
        if actions and (left := await self._client.search(ACTION, [["id", "in", actions]])):
            await self._client.unlink(ACTION, left)

    def _rule(self, wanted: Wanted) -> Row:
        """What may differ. Not the model: Odoo works out fields and condition anew when that is written."""
        return {
            "trigger": wanted.trigger.value,
            "trigger_field_ids": [[6, 0, self._ids(wanted.model, wanted.fields)]],
            "filter_domain": wanted.domain or False,
        }

    def _new_action(self, wanted: Wanted) -> Row:
        return {
            "name": wanted.name,
            "model_id": self._models[wanted.model],
            "usage": "base_automation",
            "state": "webhook",
            **self._said(wanted),
        }

    def _said(self, wanted: Wanted) -> Row:
        return {
            "webhook_url": wanted.urls[0],
            "webhook_field_ids": [[6, 0, self._ids(wanted.model, wanted.sent)]],
        }

    def _ids(self, model: str, names: Collection[str]) -> list[Json]:
        return [self._fields[model][name] for name in sorted(names)]


def _found(
    row: Row, actions: Mapping[int | None, Row], fields: Mapping[int | None, str], models: Mapping[int | None, str]
) -> Found:
    own = [actions[number] for number in ids_of(row["action_server_ids"]) if number in actions]
    webhook = next((action for action in own if action["state"] == "webhook"), None)
    return Found(
        id=id_of(row["id"]) or 0,
        name=str(row["name"]),
        model=models.get(id_of(row["model_id"]), "?"),
        active=bool(row["active"]),
        trigger=str(row["trigger"]),
        fields=_names(row["trigger_field_ids"], fields),
        domain=text_of(row["filter_domain"]),
        action_id=None if webhook is None else id_of(webhook["id"]),
        url=None if webhook is None else text_of(webhook["webhook_url"]),
        sent=frozenset() if webhook is None else _names(webhook["webhook_field_ids"], fields),
    )


def _names(value: Json, fields: Mapping[int | None, str]) -> frozenset[str]:
    return frozenset(fields[number] for number in ids_of(value) if number in fields)
