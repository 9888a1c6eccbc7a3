"""What a route of the two-way sync needs of its link, checked: its terms, its entity type."""

from __future__ import annotations

from app.api.link_store import get_link
from app.api.state import ApiState
from app.entities.base import EntityType, Side
from app.errors import BadPayload, NotFound
from app.sync.asking import check_switched_on, known_entity
from app.sync.ends import open_ends
from app.sync.peers import LinkTerms


async def get_terms(state: ApiState, slug: str) -> LinkTerms:
    """Raises `NotFound`, and `ActionRequired` for settings that do not fit."""
    async with state.sessions() as session:
        link = await get_link(session, slug)
    return await state.peers.terms(link.id)


async def get_synced_entity(state: ApiState, slug: str, module: str, entity: str) -> tuple[LinkTerms, EntityType]:
    """Raises `NotFound` for what is not there on this link, `Conflict` for what is not switched on."""
    terms = await get_terms(state, slug)
    entity_type = known_entity(terms, entity, module=module)
    check_switched_on(terms, entity_type)
    try:
        await open_ends(state.peers, terms, entity_type, Side.ODOO)
    except BadPayload as error:
        raise NotFound(error.message, code="no_entity_type") from error
    return terms, entity_type
