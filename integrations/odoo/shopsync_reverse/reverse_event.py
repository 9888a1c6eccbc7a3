"""Posts envelopes and hints after the commit. It never raises into a user's action and never repeats a post.

The address and the secret are system parameters (Settings > Technical > System Parameters):

    shopsync_reverse.url      https://sync.example.com/webhooks/odoo/boutique
    shopsync_reverse.secret   the link's webhook secret, sent as `X-Webhook-Secret`

Without both nothing is sent. What the receiver missed (it was down, or took more than a second) is lost here: the
service's reconciliation is what finds it.
"""

import json
import logging
import time

import requests

_logger = logging.getLogger(__name__)

TIMEOUT_S = 1.0
PENDING = "shopsync_reverse.pending"
HINT = "hint"


def send_after_commit(env, entity_type, action_type, record_id, data):
    """Queues one event for the end of the transaction; several for one record become one, later fields win.

    A rollback forgets them. Changes that the service makes carry `sync_origin` in their context and are not sent back.
    """
    try:
        pending = _pending(env) if data else None
        if pending is not None:
            # A record made and changed in one transaction is still a new one.
            earlier = pending.get((entity_type, record_id), (action_type, {}))
            pending[entity_type, record_id] = (earlier[0], {**earlier[1], **data})
    except Exception:
        _logger.exception("shopsync_reverse: the event for %s %s was not queued", entity_type, record_id)


def send_hint_after_commit(env, entity_type, record_id, action="updated"):
    """Names a record of Odoo that the service shall read by itself: one post per record and transaction.

    For whatever has no words of the shop here, and for Odoo before 17, which has no webhook action. `record_id` is the
    id of the order for a delivery, of the product (`product.product`) for a quant.
    """
    try:
        pending = _pending(env)
        if pending is not None:
            pending[HINT, entity_type, record_id] = action
    except Exception:
        _logger.exception("shopsync_reverse: the hint for %s %s was not queued", entity_type, record_id)


def _pending(env):
    """What waits for the end of the transaction; None where nothing is to be sent."""
    if env.context.get("sync_origin"):
        return None
    parameters = env["ir.config_parameter"].sudo()
    url, secret = parameters.get_param("shopsync_reverse.url"), parameters.get_param("shopsync_reverse.secret")
    if not url or not secret:
        return None
    hooks = env.cr.postcommit
    if PENDING not in hooks.data:
        hooks.data[PENDING] = {}
        # Bound now: after the commit there is no environment to ask.
        hooks.add(lambda pending=hooks.data[PENDING]: _post_all(url, secret, pending))
    return hooks.data[PENDING]


def envelope(entity_type, action_type, record_id, data):
    """Nanoseconds, so that two edits within one second are two events."""
    return {
        "event_id": f"odoo-{entity_type}-{record_id}-{time.time_ns()}",
        "entity_type": entity_type,
        "action_type": action_type,
        "data": data,
    }


def hint(entity_type, record_id, action):
    return {"entity_type": entity_type, "odoo_id": record_id, "action": action}


def _post_all(url, secret, pending):
    for key, value in pending.items():
        body = hint(*key[1:], value) if key[0] == HINT else envelope(key[0], value[0], key[1], value[1])
        _post(url, secret, body, name=" ".join(str(part) for part in key))


def _post(url, secret, event, *, name):
    headers = {"Content-Type": "application/json", "X-Webhook-Secret": secret}
    try:
        response = requests.post(url, data=json.dumps(event), headers=headers, timeout=TIMEOUT_S, allow_redirects=False)
        if response.status_code >= 300:
            _logger.warning("shopsync_reverse: %s was answered %s", name, response.status_code)
    except Exception as error:
        # The kind only: the text of a `requests` error repeats the address.
        _logger.warning("shopsync_reverse: %s was not sent (%s)", name, type(error).__name__)
