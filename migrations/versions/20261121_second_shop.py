"""A second shop: WooCommerce connections, refunds, leads, documents, runs that count their jobs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OLD_TYPES = (
    "customer", "address", "lead", "product", "variant", "stock", "image", "category", "order", "invoice", "coupon",
)  # fmt: skip
NEW_TYPES = (*OLD_TYPES[:10], "refund", "coupon")
WITH_TYPES = (
    "conflicts", "create_intents", "deliveries", "drifts", "entity_map", "poll_cursors", "reverse_operations", "runs",
    "sync_queue",
)  # fmt: skip


def upgrade() -> None:
    # Which kinds there are is known by the connectors; a table that lists them would make each new one wait for a
    # migration.
    op.execute("ALTER TABLE connections DROP CONSTRAINT ck_connections_kind")
    _allow("runs", "kind", ("sync", "import", "export", "reconcile"))
    for table in WITH_TYPES:
        _allow(table, "entity_type", NEW_TYPES)
    _empty = sa.text("'{}'::jsonb")
    op.add_column("links", sa.Column("module_sync", postgresql.JSONB(), server_default=_empty, nullable=False))
    op.add_column("runs", sa.Column("total", sa.Integer(), nullable=True))
    op.add_column("runs", sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("sync_queue", sa.Column("run_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_sync_queue_run_id", "sync_queue", ["link_id", "run_id"], postgresql_where=sa.text("run_id IS NOT NULL")
    )
    op.create_index(
        "ix_entity_map_quotations",
        "entity_map",
        ["link_id", "id"],
        postgresql_where=sa.text("entity_type = 'order' AND (odoo_state ->> 'state') IN ('draft', 'sent')"),
    )
    op.create_index(
        "ix_entity_map_unsettled",
        "entity_map",
        ["link_id", "entity_type", "id"],
        postgresql_where=sa.text("odoo_fingerprint = 'unsettled'"),
    )
    _make_leads()
    _make_documents()
    _make_shop_webhooks()


def downgrade() -> None:
    op.drop_table("shop_webhooks")
    op.drop_table("documents")
    op.drop_table("leads")
    op.drop_index("ix_entity_map_unsettled", table_name="entity_map")
    op.drop_index("ix_entity_map_quotations", table_name="entity_map")
    op.drop_index("ix_sync_queue_run_id", table_name="sync_queue")
    op.drop_column("sync_queue", "run_id")
    op.drop_column("runs", "done")
    op.drop_column("runs", "total")
    op.drop_column("links", "module_sync")
    for table in WITH_TYPES:
        _allow(table, "entity_type", OLD_TYPES)
    _allow("runs", "kind", ("sync", "reconcile"))
    op.execute("ALTER TABLE connections ADD CONSTRAINT ck_connections_kind CHECK (kind IN ('odoo', 'prestashop'))")


def _allow(table: str, column: str, values: tuple[str, ...]) -> None:
    """Both lists hold what was allowed before, or the rows are looked at and refused."""
    listed = ", ".join(f"'{value}'" for value in values)
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{column} CHECK ({column} IN ({listed}))")


def _types() -> sa.Enum:
    return sa.Enum(*NEW_TYPES, name="entity_type", native_enum=False, create_constraint=True, length=20)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    default = None if nullable else sa.text("now()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=nullable)


def _make_leads() -> None:
    op.create_table(
        "leads",
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        *[
            sa.Column(name, sa.Text(), nullable=True)
            for name in ("contact_name", "email", "phone", "company", "description")
        ],
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        _moment("created_at"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("link_id", "id", name=op.f("pk_leads")),
    )
    op.create_index("ix_leads_updated_at", "leads", ["link_id", "updated_at", "id"])


def _make_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity_type", _types(), nullable=False),
        sa.Column("odoo_id", sa.Text(), nullable=False),
        *[
            sa.Column(name, sa.Text(), nullable=True)
            for name in ("number", "partner_id", "partner_name", "partner_email", "date", "state", "payment_state")
        ],
        sa.Column("total", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("link_id", "id", name=op.f("pk_documents")),
        sa.UniqueConstraint("link_id", "entity_type", "odoo_id", name=op.f("uq_documents_link_id_entity_type_odoo_id")),
    )
    op.create_index("ix_documents_partner_email", "documents", ["link_id", "partner_email", "entity_type", "id"])


def _make_shop_webhooks() -> None:
    op.create_table(
        "shop_webhooks",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        *[sa.Column(name, sa.Text(), nullable=True) for name in ("native_id", "status", "problem")],
        sa.Column("mended", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("last_seen_at", nullable=True),
        _moment("checked_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_shop_webhooks_link_id_links"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("link_id", "topic", name=op.f("pk_shop_webhooks")),
    )
