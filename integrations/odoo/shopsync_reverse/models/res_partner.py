"""A partner that is a shop customer, as a `customer` event in the shop's words."""

from odoo import api, fields, models

from ..reverse_event import send_after_commit

# Which shop fields follow from which Odoo fields; an edit of others sends nothing.
NAMES = ("firstname", "lastname")
FOLLOWS = {"name": NAMES, "email": ("email",), "active": ("active",), "company_name": ("company",)}


def split_name(name):
    """Odoo keeps one name, the shop two and both required: the last word is the family name."""
    first, _, last = (name or "").strip().rpartition(" ")
    return {"firstname": first.strip() or last, "lastname": last}


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Without it the shop's customer is found by e-mail, so a changed e-mail address finds nobody.
    shopsync_customer_id = fields.Integer("Shop customer", copy=False, help="Id of this customer in the shop")

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._shopsync_send("created", set(FOLLOWS))
        return partners

    def write(self, vals):
        done = super().write(vals)
        self._shopsync_send("updated", set(vals) & set(FOLLOWS))
        return done

    def _shopsync_send(self, action_type, changed):
        if not changed:
            return
        for partner in self:
            if partner.email and not partner.parent_id:
                data = partner._shopsync_customer(changed)
                send_after_commit(self.env, "customer", action_type, partner.id, data)

    def _shopsync_customer(self, changed):
        """Only what changed: the service leaves absent fields alone. The e-mail goes along, to find the customer."""
        self.ensure_one()
        known = {
            **split_name(self.name),
            "email": self.email.strip(),
            "active": self.active,
            "company": self.company_name or "",
        }
        wanted = {field for name in changed for field in FOLLOWS[name]} | {"email"}
        data = {field: value for field, value in known.items() if field in wanted}
        if self.shopsync_customer_id:
            data["id"] = self.shopsync_customer_id
        return data
