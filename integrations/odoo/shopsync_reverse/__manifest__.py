# ruff: noqa: B018 (Odoo reads this file as one dictionary)
{
    "name": "Shop sync: reverse events",
    "summary": "Posts changed customers to odoo-shop-sync as reverse-sync events, after the commit",
    "version": "1.0.0",
    "category": "Sales",
    "license": "LGPL-3",
    "depends": ["base"],
    "external_dependencies": {"python": ["requests"]},
    "data": [],
    "installable": True,
}
