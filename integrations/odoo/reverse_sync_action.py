# Text for an Odoo server action of type "Execute Code" (Settings > Technical > Server Actions), used by an
# automation rule. It runs inside Odoo, which provides `env` and `record`; it is not part of the service.
#
# What it does: stays silent for changes the service itself made (they carry `sync_origin` in their context), and
# for all others runs a second server action of type "Send Webhook Notification" (Odoo 17 and later), because code
# in a server action cannot send anything itself: it may not import, and `requests` is not there (17.0, 19.0).
#
# What arrives is that action's own body, `{"_action": …, "_id": 67, "_model": "res.partner", "id": 67}` plus the
# fields ticked in it, without any header; so the secret is the last part of its URL. The service takes it as a hint:
# it reads the record and brings the shop to the same.
#
# `shopsync odoo install` makes rules that need no code. This is for whoever sets them up by hand, for one text that
# does for every model. README.md beside this file says where to paste it.
#
# Before use: create the webhook action first, put its id here, and give the rule *trigger fields*. Without them it
# fires on every stored recompute, 13 times for one new contact (17.0, 19.0). Whatever raises here, or a webhook
# action without a URL, aborts the user's own save.
# ruff: noqa: F821
WEBHOOK_ACTION_ID = 0

if WEBHOOK_ACTION_ID and not env.context.get("sync_origin"):
    env["ir.actions.server"].browse(WEBHOOK_ACTION_ID).with_context(
        active_model=record._name, active_id=record.id, active_ids=record.ids
    ).run()
