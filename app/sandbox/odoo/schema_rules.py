"""Odoo's own automation: rules, and the actions they run. Both need the Settings rights."""

from __future__ import annotations

from app.sandbox.odoo.fields import (
    ALL,
    Fields,
    Model,
    active,
    boolean,
    char,
    choice,
    integer,
    many2many,
    many2one,
    one2many,
    text,
)

TRIGGERS = (
    "on_stage_set",
    "on_user_set",
    "on_tag_set",
    "on_state_set",
    "on_priority_set",
    "on_archive",
    "on_unarchive",
    "on_create",
    "on_create_or_write",
    "on_write",
    "on_unlink",
    "on_change",
    "on_time",
    "on_time_created",
    "on_time_updated",
    "on_message_received",
    "on_message_sent",
    "on_webhook",
)
STATES = (
    "object_write",
    "object_create",
    "next_activity",
    "mail_post",
    "sms",
    "followers",
    "remove_followers",
    "code",
    "webhook",
    "multi",
)

AUTOMATION: Fields = {
    "name": char("Automation Rule Name", required=True),
    "active": active(),
    "description": text("Description"),
    "model_id": many2one("Model", "ir.model", required=True),
    "model_name": char("Model Name", related="model_id.model", readonly=True),
    "trigger": choice("Trigger", TRIGGERS, required=True),
    "trigger_field_ids": many2many("Trigger Fields", "ir.model.fields"),
    "filter_pre_domain": char("Before Update Domain"),
    "filter_domain": char("Apply on"),
    "action_server_ids": one2many("Actions", "ir.actions.server", "base_automation_id"),
    "url": char("Url", computed=True, readonly=True),
    "webhook_uuid": char("Webhook UUID"),
    "record_getter": char("Record Getter"),
    "log_webhook_calls": boolean("Log Calls"),
}
ACTION: Fields = {
    "name": char("Action Name", required=True),
    "sequence": integer("Sequence", default=5),
    "model_id": many2one("Model", "ir.model", required=True),
    "model_name": char("Model Name", related="model_id.model", readonly=True),
    "base_automation_id": many2one("Automation Rule", "base.automation"),
    "usage": choice("Usage", ("ir_actions_server", "ir_cron", "base_automation"), default="ir_actions_server"),
    "state": choice("Type", STATES, default="object_write"),
    "code": text("Python Code"),
    "webhook_url": char("Webhook URL"),
    "webhook_field_ids": many2many("Webhook Fields", "ir.model.fields"),
    "webhook_sample_payload": text("Sample Payload", computed=True, readonly=True),
    "child_ids": many2many("Child Actions", "ir.actions.server"),
}

RULES: tuple[Model, ...] = (
    Model(name="base.automation", label="Automation Rule", fields=AUTOMATION, admin_only=ALL, settings_only=ALL),
    Model(
        name="ir.actions.server",
        label="Server Actions",
        fields=ACTION,
        order="sequence,id",
        admin_only=ALL,
        settings_only=ALL,
    ),
)
