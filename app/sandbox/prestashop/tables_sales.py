"""What the sandbox knows of customers, orders and coupons: one entry per resource, in the shop's order.

Read off `?schema=synopsis` and the answers of a real 8.2.1; the notation is explained in `resources.py`.
"""

from .resources import Resource

SALES = (
    Resource.of(
        "customers",
        "customer",
        "Customer",
        "The e-shop's customers",
        """
        id_default_group>groups~int id_lang:isUnsignedId>languages newsletter_date_add~datetime
        ip_registration_newsletter~nulltext last_passwd_gen~stamp secure_key:isMd5 deleted:isBool
        passwd!:isHashedPassword/255 lastname!:isCustomerName/255 firstname!:isCustomerName/255
        email!:isEmail/255 id_gender:isUnsignedId birthday:isBirthDate~date newsletter:isBool
        optin:isBool website:isUrl~nulltext company:isGenericName~nulltext siret:isGenericName~nulltext
        ape:isApe~nulltext outstanding_allow_amount:isFloat show_public_prices:isBool
        id_risk:isUnsignedInt max_payment_days:isUnsignedInt active:isBool note/4194303~nulltext
        is_guest:isBool id_shop:isUnsignedId id_shop_group:isUnsignedId date_add:isDate date_upd:isDate
        reset_password_token:isSha1/40~nulltext reset_password_validity:isDateOrNull~datetime
    """,
        associations="""
        groups:group@groups = id
    """,
        indexed="email",
        of_shop=True,
    ),
    Resource.of(
        "addresses",
        "address",
        "Address",
        "The Customer, Brand and Customer addresses",
        """
        id_customer:isNullOrUnsignedId>customers id_manufacturer:isNullOrUnsignedId>manufacturers
        id_supplier:isNullOrUnsignedId>suppliers id_warehouse:isNullOrUnsignedId>warehouse
        id_country!:isUnsignedId>countries id_state:isNullOrUnsignedId>states alias!:isGenericName/32
        company:isGenericName/255 lastname!:isName/255 firstname!:isName/255 vat_number:isGenericName
        address1!:isAddress/128 address2:isAddress/128 postcode:isPostCode/12 city!:isCityName/64
        other:isMessage/4194303 phone:isPhoneNumber/32 phone_mobile:isPhoneNumber/32 dni:isDniLite/16
        deleted:isBool date_add:isDate date_upd:isDate
    """,
        indexed="id_customer",
    ),
    Resource.of(
        "carts",
        "cart",
        "Cart",
        "Customer's carts",
        """
        id_address_delivery:isUnsignedId>addresses id_address_invoice:isUnsignedId>addresses
        id_currency!:isUnsignedId>currencies id_customer:isUnsignedId>customers
        id_guest:isUnsignedId>guests id_lang!:isUnsignedId>languages id_shop_group:isUnsignedId
        id_shop:isUnsignedId id_carrier:isUnsignedId recyclable:isBool gift:isBool
        gift_message:isCleanHtml/4194303 mobile_theme:isBool delivery_option/4194303 secure_key/32
        allow_seperated_package:isBool date_add:isDate date_upd:isDate
    """,
        associations="""
        cart_rows:cart_row = id_product>products id_product_attribute>combinations
            id_address_delivery>addresses id_customization>customizations quantity
    """,
        indexed="id_customer",
        of_shop=True,
    ),
    Resource.of(
        "orders",
        "order",
        "Order",
        "The Customers orders",
        """
        id_address_delivery!:isUnsignedId>addresses id_address_invoice!:isUnsignedId>addresses
        id_cart!:isUnsignedId>carts id_currency!:isUnsignedId>currencies id_lang!:isUnsignedId>languages
        id_customer!:isUnsignedId>customers id_carrier!:isUnsignedId>carriers
        current_state:isUnsignedId>>order_states module!:isModuleName invoice_number~int
        invoice_date~datetime delivery_number~int delivery_date~datetime valid~bool date_add:isDate
        date_upd:isDate shipping_number#~virtual note/4194303 id_shop_group:isUnsignedId
        id_shop:isUnsignedId secure_key:isMd5 payment!:isGenericName recyclable:isBool gift:isBool
        gift_message:isCleanHtml/4194303 mobile_theme:isBool total_discounts:isPrice
        total_discounts_tax_incl:isPrice total_discounts_tax_excl:isPrice total_paid!:isPrice
        total_paid_tax_incl:isPrice total_paid_tax_excl:isPrice total_paid_real!:isPrice
        total_products!:isPrice total_products_wt!:isPrice total_shipping:isPrice
        total_shipping_tax_incl:isPrice total_shipping_tax_excl:isPrice carrier_tax_rate:isFloat~d3
        total_wrapping:isPrice total_wrapping_tax_incl:isPrice total_wrapping_tax_excl:isPrice
        round_mode:isUnsignedId round_type:isUnsignedId conversion_rate!:isFloat reference
    """,
        associations="""
        order_rows:order_row = id product_id>products product_attribute_id product_quantity product_name
            product_reference product_ean13 product_isbn product_upc product_price
            id_customization>customizations unit_price_tax_incl unit_price_tax_excl
    """,
        indexed="reference id_customer id_cart",
        of_shop=True,
    ),
    Resource.of(
        "order_carriers",
        "order_carrier",
        "OrderCarrier",
        "The Order carriers",
        """
        id_order!:isUnsignedId>orders id_carrier!:isUnsignedId>carriers id_order_invoice:isUnsignedId
        weight:isFloat shipping_cost_tax_excl:isFloat shipping_cost_tax_incl:isFloat
        tracking_number:isTrackingNumber date_add:isDate
    """,
        indexed="id_order",
    ),
    Resource.of(
        "order_histories",
        "order_history",
        "OrderHistory",
        "The Order histories",
        """
        id_employee:isUnsignedId>employees id_order_state!:isUnsignedId>order_states
        id_order!:isUnsignedId>orders date_add:isDate
    """,
        indexed="id_order",
    ),
    Resource.of(
        "order_details",
        "order_detail",
        "OrderDetail",
        "Details of an order",
        """
        id_order!:isUnsignedId>orders product_id:isUnsignedId product_attribute_id:isUnsignedId
        product_quantity_reinjected:isUnsignedInt group_reduction:isFloat~d2
        discount_quantity_applied:isInt download_hash:isGenericName
        download_deadline:isDateFormat~datetime id_order_invoice:isUnsignedId id_warehouse!:isUnsignedId
        id_shop!:isUnsignedId id_customization:isUnsignedId product_name!:isGenericName/4194303
        product_quantity!:isInt product_quantity_in_stock:isInt product_quantity_return:isUnsignedInt
        product_quantity_refunded:isUnsignedInt product_price!:isPrice reduction_percent:isFloat~d2
        reduction_amount:isPrice reduction_amount_tax_incl:isPrice reduction_amount_tax_excl:isPrice
        product_quantity_discount:isFloat product_ean13:isEan13 product_isbn:isIsbn product_upc:isUpc
        product_mpn:isMpn product_reference:isReference product_supplier_reference:isReference
        product_weight:isFloat tax_computation_method:isUnsignedId id_tax_rules_group:isInt~int
        ecotax:isFloat ecotax_tax_rate:isFloat~d3 download_nb:isInt unit_price_tax_incl:isPrice
        unit_price_tax_excl:isPrice total_price_tax_incl:isPrice total_price_tax_excl:isPrice
        total_shipping_price_tax_excl:isPrice total_shipping_price_tax_incl:isPrice
        purchase_supplier_price:isPrice original_product_price:isPrice original_wholesale_price:isPrice
        total_refunded_tax_excl:isPrice total_refunded_tax_incl:isPrice
    """,
        associations="""
        taxes:tax@taxes = id
    """,
        indexed="id_order",
    ),
    Resource.of(
        "order_cart_rules",
        "order_cart_rule",
        "OrderCartRule",
        "Details of an order's cart rules",
        """
        id_order!:isUnsignedId id_cart_rule!:isUnsignedId id_order_invoice:isUnsignedId name!
        value!:isFloat value_tax_excl!:isFloat free_shipping:isBool deleted:isBool
    """,
        indexed="id_order",
    ),
    Resource.of(
        "order_payments",
        "order_payment",
        "OrderPayment",
        "The Order payments",
        """
        order_reference/9 id_currency!:isUnsignedId>currencies amount!:isPrice
        payment_method:isGenericName conversion_rate:isFloat transaction_id/254 card_number/254
        card_brand/254 card_expiration/254 card_holder/254 date_add:isDate id_employee:isUnsignedId
    """,
        indexed="order_reference",
    ),
    Resource.of(
        "order_invoices",
        "order_invoice",
        "OrderInvoice",
        "The Order invoices",
        """
        id_order!:isUnsignedId>orders number!:isUnsignedId delivery_number:isUnsignedId
        delivery_date:isDateFormat~datetime total_discount_tax_excl~d6 total_discount_tax_incl~d6
        total_paid_tax_excl~d6 total_paid_tax_incl~d6 total_products~d6 total_products_wt~d6
        total_shipping_tax_excl~d6 total_shipping_tax_incl~d6 shipping_tax_computation_method~int
        total_wrapping_tax_excl~d6 total_wrapping_tax_incl~d6 shop_address:isCleanHtml/4194303
        note/4194303 date_add:isDate
    """,
        indexed="id_order",
    ),
    Resource.of(
        "messages",
        "message",
        "Message",
        "The Messages",
        """
        id_cart:isUnsignedId>carts id_order:isUnsignedId>orders id_customer:isUnsignedId>customers
        id_employee:isUnsignedId>employees message!:isCleanHtml/4194303 private:isBool date_add:isDate
    """,
        indexed="id_order",
    ),
    Resource.of(
        "customer_threads",
        "customer_thread",
        "CustomerThread",
        "Customer services threads",
        """
        id_lang!:isUnsignedId>languages id_shop:isUnsignedId>shops id_customer:isUnsignedId>customers
        id_order:isUnsignedId>orders id_product:isUnsignedId>products id_contact!:isUnsignedId
        email:isEmail/255 token!:isGenericName status date_add:isDate date_upd:isDate
    """,
        associations="""
        customer_messages:customer_message@customer_messages = id
    """,
        indexed="id_order id_customer",
        of_shop=True,
    ),
    Resource.of(
        "customer_messages",
        "customer_message",
        "CustomerMessage",
        "Customer services messages",
        """
        id_employee:isUnsignedId>employees id_customer_thread>customer_threads~int
        ip_address:isIp2Long/15 message!:isCleanHtml/4194303~html file_name user_agent private:isBool
        date_add:isDate date_upd:isDate read:isBool
    """,
        indexed="id_customer_thread",
    ),
    Resource.of(
        "cart_rules",
        "cart_rule",
        "CartRule",
        "Cart rules management",
        """
        id_customer:isUnsignedId date_from!:isDate date_to!:isDate description:isCleanHtml/4194303
        quantity:isUnsignedInt quantity_per_user:isUnsignedInt priority:isUnsignedInt partial_use:isBool
        code:isCleanHtml/254 minimum_amount:isFloat minimum_amount_tax:isBool
        minimum_amount_currency:isInt minimum_amount_shipping:isBool country_restriction:isBool
        carrier_restriction:isBool group_restriction:isBool cart_rule_restriction:isBool
        product_restriction:isBool shop_restriction:isBool free_shipping:isBool
        reduction_percent:isPercentage~d2 reduction_amount:isFloat reduction_tax:isBool
        reduction_currency:isUnsignedId reduction_product:isInt reduction_exclude_special:isBool
        gift_product:isUnsignedId gift_product_attribute:isUnsignedId highlight:isBool active:isBool
        date_add:isDate date_upd:isDate name!^/254
    """,
        indexed="code",
    ),
)
