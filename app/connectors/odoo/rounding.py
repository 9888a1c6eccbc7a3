"""Amounts as Odoo keeps them: rounded half up to the decimals of the field (17.0: 3.335 is stored as 3.34).

Written with more decimals, a price or a weight would be read back as another one, and be a difference for ever.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.connectors.odoo.schema import FieldInfo
from app.connectors.odoo.values import amount_of
from app.entities.base import Json, State


def rounded(state: State, words: Mapping[str, str], fields: Mapping[str, FieldInfo]) -> tuple[State, tuple[str, ...]]:
    """`state` with the amounts named in `words` (Odoo's name → the record's) rounded, and a note for each that is."""
    kept: dict[str, Json] = {}
    notes: list[str] = []
    for name, word in words.items():
        decimals = fields[name].decimals if name in fields else None
        if name not in state or decimals is None:
            continue
        kept[name] = shorter = amount_of(state[name], places=decimals)
        if shorter != amount_of(state[name]):
            notes.append(f"{word} {state[name]} is {shorter} in Odoo, which keeps {decimals} decimals")
    return {**state, **kept}, tuple(notes)
