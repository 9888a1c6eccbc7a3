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


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook of a shop. No suspects: nothing is to be looked at, `notes` say why.

    `event` is what the shop calls it, where it numbers its events: the same one again is a duplicate. Otherwise it is
    what is known of it, and every arrival is an event of its own (a burst costs one job all the same, as hints merge
    into the pending one). `held`: what the link does not take out of the shop waits instead of being let go.

    `topic`: of the webhook by which it came, where webhooks are watched. `fault`: a body that names no record, by a
    word for the counters; `no_right` if because the webhook's owner may not read it.
    """

    suspects: tuple[Suspect, ...]
    event: str
    body_hash: str
    notes: tuple[str, ...] = ()
    numbered: bool = False
    held: bool = False
    topic: str | None = None
    fault: str | None = None
    no_right: bool = False

    def event_id(self, arrived_ns: int) -> str:
        return self.event if self.numbered else f"{self.event}-{self.body_hash[:12]}-{arrived_ns}"
