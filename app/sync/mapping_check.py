"""An operator's own pairs of fields, held against the fields that both peers really have.

A mapping that cannot work would fail every record of its entity type; it is refused when it is set. A peer that does
not answer refuses nothing: that is a warning, and the next check says the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from app.connections.explain import closest
from app.connections.sync_settings import FieldMapping, Flow
from app.connectors.base import RecordPort
from app.connectors.native_types import READ_ONLY, plain_type
from app.connectors.peer import Peer
from app.connectors.registry import KINDS, open_connector
from app.entities.base import EntityType, Side
from app.entities.converter import Converter
from app.errors import AppError, BadPayload

_INTO: Final = {Side.ODOO: Flow.SHOP_TO_ODOO, Side.SHOP: Flow.ODOO_TO_SHOP}
_OUT_OF: Final = {Side.ODOO: Flow.ODOO_TO_SHOP, Side.SHOP: Flow.SHOP_TO_ODOO}

Fields = Mapping[EntityType, Mapping[str, str]]
"""Of one peer: its native fields with their types in its own words, by entity type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`problems` refuse the settings, `warnings` do not."""

    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def refuse(self, *, before: str = "") -> None:
        """Raises `BadPayload` with a line for each problem."""
        if self.problems:
            raise BadPayload("\n".join(before + each for each in self.problems), field="sync.mappings")


async def check_mappings(mappings: Sequence[FieldMapping], peers: Mapping[Side, Peer]) -> Checked:
    """Asks both peers at once, each for the entity types that have mappings."""
    if not mappings:
        return Checked()
    answers = await asyncio.gather(*(_ask(peers[side], mappings) for side in Side))
    problems: list[str] = []
    warnings: list[str] = []
    for side, answer in zip(Side, answers, strict=True):
        if isinstance(answer, AppError):
            warnings.append(f"the mapped fields could not be checked in {peers[side].name}: {answer.message}")
        else:
            kind = peers[side].kind
            problems += [said for mapping in mappings for said in judge(mapping, side, kind, answer[mapping.entity])]
    return Checked(problems=tuple(problems), warnings=tuple(warnings))


def judge(mapping: FieldMapping, side: Side, kind: str, fields: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with one side of a mapping."""
    name = mapping.odoo_field if side is Side.ODOO else mapping.shop_field
    where = f"sync.mappings: {mapping.entity} {mapping.odoo_field} ⇄ {mapping.shop_field}: "
    native = fields.get(name)
    if native is None:
        hint = closest(name, sorted(fields))
        yield f"{where}{kind} has no field {name} there" + (f"; {hint}" if hint.startswith("did") else "")
        return
    types = KINDS[kind].native_types
    if name in types.own.get(mapping.entity, ()):
        yield f"{where}{name} is kept the same already; leave the mapping out"
        return
    written = mapping.direction in (Flow.BOTH, _INTO[side])
    if written and native.endswith(READ_ONLY):
        yield f"{where}{name} cannot be written in {kind}; set direction: {_OUT_OF[side]}"
    elif not types.fits(native, mapping.converter, written=written):
        able = [each for each in Converter if types.fits(native, each, written=written)]
        said = f"set converter: {' or '.join(able)}" if able else "fields of this type cannot be mapped"
        yield f"{where}{name} is of type {plain_type(native)}, which {mapping.converter} does not fit; {said}"


async def _ask(peer: Peer, mappings: Sequence[FieldMapping]) -> Fields | AppError:
    try:
        connector = open_connector(peer)
    except AppError as error:
        return error
    try:
        async with asyncio.timeout(peer.timeout_s):
            kinds = dict.fromkeys(mapping.entity for mapping in mappings)
            return {kind: await cast(RecordPort, connector.port(kind)).native_fields() for kind in kinds}
    except TimeoutError:
        return AppError(f"no answer within {peer.timeout_s:g} s")
    except AppError as error:
        return error
    finally:
        await connector.aclose()
