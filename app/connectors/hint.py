"""What a webhook of any peer comes down to: records that may have changed."""

from __future__ import annotations

from dataclasses import dataclass

from app.entities.base import Action, EntityType


@dataclass(frozen=True, slots=True)
class Suspect:
    """A record that may have changed. What happened to it is what the sender says; the reading of the record tells."""

    entity_type: EntityType
    native_id: str
    action: Action
