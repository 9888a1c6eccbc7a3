"""What the service keeps for people outside: leads from a shop's form, and documents of Odoo for its customers."""
