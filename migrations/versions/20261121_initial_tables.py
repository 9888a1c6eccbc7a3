"""Initial tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# Patches of one record that arrive in one group, merged in order of arrival: the later field wins.
MERGE_AGGREGATE = "CREATE AGGREGATE jsonb_merge_agg(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}')"


def upgrade() -> None:
    op.execute(MERGE_AGGREGATE)
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("name", name=op.f("uq_api_tokens_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_table(
        "connections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("odoo", "prestashop", name="kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column(
            "options", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
        sa.UniqueConstraint("name", name=op.f("uq_connections_name")),
    )
    op.create_table(
        "create_intents",
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "entity_type",
            sa.Enum(
                "customer",
                "address",
                "lead",
                "product",
                "variant",
                "stock",
                "image",
                "category",
                "order",
                "invoice",
                "coupon",
                name="entity_type",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "side",
            sa.Enum("odoo", "shop", name="side", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "saved", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("native_id", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("link_id", "id", name=op.f("pk_create_intents")),
        sa.UniqueConstraint(
            "link_id",
            "entity_type",
            "side",
            "natural_key",
            name=op.f("uq_create_intents_link_id_entity_type_side_natural_key"),
        ),
    )
    op.create_index(
        "ix_create_intents_open",
        "create_intents",
        ["link_id", "entity_type"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "deliveries",
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "source",
            sa.Enum("odoo", "shop", name="source", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "entity_type",
            sa.Enum(
                "customer",
                "address",
                "lead",
                "product",
                "variant",
                "stock",
                "image",
                "category",
                "order",
                "invoice",
                "coupon",
                name="entity_type",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("link_id", "id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "link_id", "source", "event_id", "body_hash", name=op.f("uq_deliveries_link_id_source_event_id_body_hash")
        ),
    )
    op.create_index("ix_deliveries_received_at", "deliveries", ["received_at"], unique=False)
    op.create_table(
        "entity_map",
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column(
            "entity_type",
            sa.Enum(
                "customer",
                "address",
                "lead",
                "product",
                "variant",
                "stock",
                "image",
                "category",
                "order",
                "invoice",
                "coupon",
                name="entity_type",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("odoo_model", sa.Text(), nullable=True),
        sa.Column("odoo_id", sa.Text(), nullable=True),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("shop_fingerprint", sa.Text(), nullable=True),
        sa.Column("shop_state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("odoo_fingerprint", sa.Text(), nullable=True),
        sa.Column("odoo_state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("last_synced_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("link_id", "id", name=op.f("pk_entity_map")),
        sa.UniqueConstraint(
            "link_id", "entity_type", "shop_id", name=op.f("uq_entity_map_link_id_entity_type_shop_id")
        ),
    )
    op.create_index(
        "uq_entity_map_odoo",
        "entity_map",
        ["link_id", "entity_type", "odoo_model", "odoo_id"],
        unique=True,
        postgresql_where=sa.text("odoo_id IS NOT NULL"),
    )
    op.create_table(
        "reverse_operations",
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column(
            "entity_type",
            sa.Enum(
                "customer",
                "address",
                "lead",
                "product",
                "variant",
                "stock",
                "image",
                "category",
                "order",
                "invoice",
                "coupon",
                name="entity_type",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "action_type",
            sa.Enum(
                "created",
                "updated",
                "deleted",
                name="action_type",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "processing", "success", "failed", name="status", native_enum=False, create_constraint=True, length=20
            ),
            server_default="processing",
            nullable=False,
        ),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("source_payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column(
            "notes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("error_status", sa.Integer(), nullable=True),
        sa.Column("replay_of", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("link_id", "id", name=op.f("pk_reverse_operations")),
        sa.UniqueConstraint("link_id", "operation_id", name=op.f("uq_reverse_operations_link_id_operation_id")),
    )
    op.create_index("ix_reverse_operations_created_at", "reverse_operations", ["created_at"], unique=False)
    op.create_index("ix_reverse_operations_job", "reverse_operations", ["link_id", "job_id"], unique=False)
    op.create_index(
        "ix_reverse_operations_link_id_status", "reverse_operations", ["link_id", "status", "id"], unique=False
    )
    op.create_table(
        "sync_logs",
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum("info", "warning", "error", name="level", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "context", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("operation_id", sa.Text(), nullable=True),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("link_id", "id", name=op.f("pk_sync_logs")),
    )
    op.create_index("ix_sync_logs_link_id_created_at", "sync_logs", ["link_id", "created_at"], unique=False)
    op.create_index("ix_sync_logs_operation_id", "sync_logs", ["operation_id"], unique=False)
    op.create_table(
        "sync_queue",
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "odoo_to_shop", "shop_to_odoo", name="direction", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column(
            "entity_type",
            sa.Enum(
                "customer",
                "address",
                "lead",
                "product",
                "variant",
                "stock",
                "image",
                "category",
                "order",
                "invoice",
                "coupon",
                name="entity_type",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "side",
            sa.Enum("odoo", "shop", name="side", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("lock_id", sa.Text(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "created", "updated", "deleted", name="action", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column(
            "payload", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("priority", sa.SmallInteger(), server_default=sa.text("5"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "processing",
                "completed",
                "failed",
                "parked",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            server_default="pending",
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "written",
                "created",
                "deleted",
                "unchanged",
                "converged",
                "parked",
                "rejected",
                "merged",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'processing') = (leased_until IS NOT NULL)", name=op.f("ck_sync_queue_lease_while_processing")
        ),
        sa.CheckConstraint("priority BETWEEN 1 AND 10", name=op.f("ck_sync_queue_priority_range")),
        sa.PrimaryKeyConstraint("link_id", "id", name=op.f("pk_sync_queue")),
    )
    op.create_index(
        "ix_sync_queue_claim",
        "sync_queue",
        ["priority", "scheduled_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'pending' AND held_reason IS NULL"),
    )
    op.create_index(
        "ix_sync_queue_lease",
        "sync_queue",
        ["leased_until"],
        unique=False,
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.create_index("ix_sync_queue_link_id_status_id", "sync_queue", ["link_id", "status", "id"], unique=False)
    op.create_index(
        "ix_sync_queue_processed_at",
        "sync_queue",
        ["processed_at"],
        unique=False,
        postgresql_where=sa.text("processed_at IS NOT NULL"),
    )
    op.create_index(
        "uq_sync_queue_pending",
        "sync_queue",
        ["link_id", "direction", "entity_type", "side", "native_id"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "uq_sync_queue_processing",
        "sync_queue",
        ["link_id", "entity_type", "side", "lock_id"],
        unique=True,
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.create_table(
        "workers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_workers")),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("odoo_connection_id", sa.Integer(), nullable=False),
        sa.Column("shop_connection_id", sa.Integer(), nullable=False),
        sa.Column(
            "modules", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("reverse_sync", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("sealed_secrets", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'", name=op.f("ck_links_slug_form")),
        sa.ForeignKeyConstraint(
            ["odoo_connection_id"],
            ["connections.id"],
            name=op.f("fk_links_odoo_connection_id_connections"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["shop_connection_id"],
            ["connections.id"],
            name=op.f("fk_links_shop_connection_id_connections"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("slug", name=op.f("uq_links_slug")),
    )
    op.create_table(
        "pauses",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "odoo_to_shop", "shop_to_odoo", name="direction", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("entity_type", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("strikes", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_pauses_link_id_links"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("link_id", "direction", "entity_type", name=op.f("pk_pauses")),
    )
    op.create_table(
        "refusals",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_refusals_link_id_links"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("link_id", "reason", name=op.f("pk_refusals")),
    )


def downgrade() -> None:
    op.execute("DROP AGGREGATE jsonb_merge_agg(jsonb)")
    op.drop_table("refusals")
    op.drop_table("pauses")
    op.drop_table("links")
    op.drop_table("workers")
    op.drop_index(
        "uq_sync_queue_processing", table_name="sync_queue", postgresql_where=sa.text("status = 'processing'")
    )
    op.drop_index("uq_sync_queue_pending", table_name="sync_queue", postgresql_where=sa.text("status = 'pending'"))
    op.drop_index(
        "ix_sync_queue_processed_at", table_name="sync_queue", postgresql_where=sa.text("processed_at IS NOT NULL")
    )
    op.drop_index("ix_sync_queue_link_id_status_id", table_name="sync_queue")
    op.drop_index("ix_sync_queue_lease", table_name="sync_queue", postgresql_where=sa.text("status = 'processing'"))
    op.drop_index(
        "ix_sync_queue_claim",
        table_name="sync_queue",
        postgresql_where=sa.text("status = 'pending' AND held_reason IS NULL"),
    )
    op.drop_table("sync_queue")
    op.drop_index("ix_sync_logs_operation_id", table_name="sync_logs")
    op.drop_index("ix_sync_logs_link_id_created_at", table_name="sync_logs")
    op.drop_table("sync_logs")
    op.drop_index("ix_reverse_operations_link_id_status", table_name="reverse_operations")
    op.drop_index("ix_reverse_operations_job", table_name="reverse_operations")
    op.drop_index("ix_reverse_operations_created_at", table_name="reverse_operations")
    op.drop_table("reverse_operations")
    op.drop_index("uq_entity_map_odoo", table_name="entity_map", postgresql_where=sa.text("odoo_id IS NOT NULL"))
    op.drop_table("entity_map")
    op.drop_index("ix_deliveries_received_at", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index("ix_create_intents_open", table_name="create_intents", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_table("create_intents")
    op.drop_table("connections")
    op.drop_table("api_tokens")
