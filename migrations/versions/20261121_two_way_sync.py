"""Two-way sync: pairs, conflicts, cursors, runs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conflicts",
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
        sa.Column("odoo_id", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("base", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("odoo_value", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("shop_value", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "resolved", name="status", native_enum=False, create_constraint=True, length=20),
            server_default="open",
            nullable=False,
        ),
        sa.Column(
            "winner",
            sa.Enum("odoo", "shop", name="winner", native_enum=False, create_constraint=True, length=20),
            nullable=True,
        ),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("link_id", "id", name=op.f("pk_conflicts")),
    )
    op.create_index("ix_conflicts_link_id_status_id", "conflicts", ["link_id", "status", "id"], unique=False)
    op.create_index("ix_conflicts_shop_id", "conflicts", ["link_id", "entity_type", "shop_id"], unique=False)
    op.create_index(
        "uq_conflicts_open",
        "conflicts",
        ["link_id", "entity_type", "shop_id", "field"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "drifts",
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
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
            "kind",
            sa.Enum(
                "differs",
                "conflicting",
                "missing_in_odoo",
                "missing_in_shop",
                "ambiguous",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("odoo_id", sa.Text(), nullable=True),
        sa.Column("shop_id", sa.Text(), nullable=True),
        sa.Column(
            "fields", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("link_id", "id", name=op.f("pk_drifts")),
    )
    op.create_index("ix_drifts_run_id", "drifts", ["link_id", "run_id", "id"], unique=False)
    op.create_table(
        "poll_cursors",
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "side",
            sa.Enum("odoo", "shop", name="side", native_enum=False, create_constraint=True, length=20),
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
        sa.Column("moment", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("native_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("link_id", "side", "entity_type", name=op.f("pk_poll_cursors")),
    )
    op.create_table(
        "runs",
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("sync", "reconcile", name="kind", native_enum=False, create_constraint=True, length=20),
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
            "options", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "cursor", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "status",
            sa.Enum(
                "running",
                "completed",
                "failed",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            server_default="running",
            nullable=False,
        ),
        sa.Column("seen", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("drifted", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("queued", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("link_id", "id", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_link_id_status_id", "runs", ["link_id", "status", "id"], unique=False)
    op.add_column(
        "entity_map",
        sa.Column(
            "recent_writes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
    )
    op.add_column("entity_map", sa.Column("blocked_reason", sa.Text(), nullable=True))
    op.add_column(
        "entity_map",
        sa.Column(
            "gone_side",
            sa.Enum("odoo", "shop", name="gone_side", native_enum=False, create_constraint=True, length=20),
            nullable=True,
        ),
    )
    op.drop_index(op.f("uq_entity_map_odoo"), table_name="entity_map", postgresql_where="(odoo_id IS NOT NULL)")
    op.create_index(
        "uq_entity_map_odoo",
        "entity_map",
        ["link_id", "entity_type", "odoo_id"],
        unique=True,
        postgresql_where=sa.text("odoo_id IS NOT NULL"),
    )
    op.drop_column("entity_map", "odoo_model")
    op.add_column(
        "links",
        sa.Column(
            "sync", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
    )
    op.add_column("sync_logs", sa.Column("entity_type", sa.Text(), nullable=True))
    op.add_column("sync_logs", sa.Column("odoo_id", sa.Text(), nullable=True))
    op.add_column("sync_logs", sa.Column("shop_id", sa.Text(), nullable=True))
    op.create_index(
        "ix_sync_logs_odoo_id",
        "sync_logs",
        ["link_id", "entity_type", "odoo_id", "id"],
        unique=False,
        postgresql_where=sa.text("odoo_id IS NOT NULL"),
    )
    op.create_index(
        "ix_sync_logs_shop_id",
        "sync_logs",
        ["link_id", "entity_type", "shop_id", "id"],
        unique=False,
        postgresql_where=sa.text("shop_id IS NOT NULL"),
    )
    op.drop_index(
        op.f("uq_sync_queue_processing"),
        table_name="sync_queue",
        postgresql_where="((status)::text = 'processing'::text)",
    )
    op.create_index("ix_deliveries_record", "deliveries", ["link_id", "entity_type", "native_id", "id"], unique=False)
    op.create_index(
        "ix_sync_queue_record", "sync_queue", ["link_id", "side", "entity_type", "native_id", "id"], unique=False
    )
    op.create_index(
        "uq_sync_queue_processing",
        "sync_queue",
        ["link_id", "entity_type", "lock_id"],
        unique=True,
        postgresql_where=sa.text("status = 'processing'"),
    )


def downgrade() -> None:
    op.drop_index("ix_sync_queue_record", table_name="sync_queue")
    op.drop_index("ix_deliveries_record", table_name="deliveries")
    op.drop_index(
        "uq_sync_queue_processing", table_name="sync_queue", postgresql_where=sa.text("status = 'processing'")
    )
    op.create_index(
        op.f("uq_sync_queue_processing"),
        "sync_queue",
        ["link_id", "entity_type", "side", "lock_id"],
        unique=True,
        postgresql_where="((status)::text = 'processing'::text)",
    )
    op.drop_index("ix_sync_logs_shop_id", table_name="sync_logs", postgresql_where=sa.text("shop_id IS NOT NULL"))
    op.drop_index("ix_sync_logs_odoo_id", table_name="sync_logs", postgresql_where=sa.text("odoo_id IS NOT NULL"))
    op.drop_column("sync_logs", "shop_id")
    op.drop_column("sync_logs", "odoo_id")
    op.drop_column("sync_logs", "entity_type")
    op.drop_column("links", "sync")
    op.add_column("entity_map", sa.Column("odoo_model", sa.TEXT(), autoincrement=False, nullable=True))
    op.drop_index("uq_entity_map_odoo", table_name="entity_map", postgresql_where=sa.text("odoo_id IS NOT NULL"))
    op.create_index(
        op.f("uq_entity_map_odoo"),
        "entity_map",
        ["link_id", "entity_type", "odoo_model", "odoo_id"],
        unique=True,
        postgresql_where="(odoo_id IS NOT NULL)",
    )
    op.drop_column("entity_map", "gone_side")
    op.drop_column("entity_map", "blocked_reason")
    op.drop_column("entity_map", "recent_writes")
    op.drop_index("ix_runs_link_id_status_id", table_name="runs")
    op.drop_table("runs")
    op.drop_table("poll_cursors")
    op.drop_index("ix_drifts_run_id", table_name="drifts")
    op.drop_table("drifts")
    op.drop_index("uq_conflicts_open", table_name="conflicts", postgresql_where=sa.text("status = 'open'"))
    op.drop_index("ix_conflicts_shop_id", table_name="conflicts")
    op.drop_index("ix_conflicts_link_id_status_id", table_name="conflicts")
    op.drop_table("conflicts")
