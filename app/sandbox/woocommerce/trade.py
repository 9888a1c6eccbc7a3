"""What the shop trades with, as resources: goods, pictures, orders, coupons and taxes."""

from .attributes import Attributes, Terms
from .categories import Categories
from .coupons import Coupons
from .media import Media
from .order_notes import OrderNotes
from .orders import Orders
from .products import Products
from .refunds import AllRefunds, OrderRefunds
from .resources import Resource
from .taxes import TaxClasses, Taxes
from .variations import Variations

TRADE: tuple[type[Resource], ...] = (
    Products, Variations, Categories, Attributes, Terms, Orders, OrderNotes, OrderRefunds, AllRefunds, Coupons, Taxes,
    TaxClasses, Media,
)  # fmt: skip
