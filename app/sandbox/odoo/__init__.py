"""A small Odoo with state: enough of 14 to 19 for trying out and for tests, as the recorded servers behave.

`tests/contract/odoo_table.py` holds it against recordings of real 17.0 and 19.0 servers. It is no Odoo:
only the models and methods in `schema.py` and `methods.py` exist, and access rights are two kinds of
user.
"""
