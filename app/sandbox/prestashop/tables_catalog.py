"""What the sandbox knows of the catalogue and of the shop's own lists (countries, order states, ...).

Read off `?schema=synopsis` and the answers of a real 8.2.1; the notation is explained in `resources.py`.
"""

from .resources import Resource

CATALOG = (
    Resource.of(
        "products",
        "product",
        "Product",
        "The products",
        """
        id_manufacturer:isUnsignedId>manufacturers id_supplier:isUnsignedId>suppliers
        id_category_default:isUnsignedId>categories new~virtual cache_default_attribute~int
        id_default_image#~virtual id_default_combination#~virtual
        id_tax_rules_group:isUnsignedId>tax_rule_groups position_in_category#~virtual
        manufacturer_name#-~virtual quantity#-~int type#~virtual id_shop_default:isUnsignedId
        reference:isReference/64 supplier_reference:isReference/64 location:isString/255
        width:isUnsignedFloat height:isUnsignedFloat depth:isUnsignedFloat weight:isUnsignedFloat
        quantity_discount:isBool ean13:isEan13/13 isbn:isIsbn/32 upc:isUpc/12 mpn:isMpn/40
        cache_is_pack:isBool cache_has_attachments:isBool is_virtual:isBool state:isUnsignedId
        additional_delivery_times:isUnsignedId delivery_in_stock^:isGenericName/255
        delivery_out_stock^:isGenericName/255 product_type:isGenericName on_sale:isBool
        online_only:isBool ecotax:isPrice minimal_quantity:isPositiveInt
        low_stock_threshold:isInt~nullint low_stock_alert:isBool price!:isPrice wholesale_price:isPrice
        unity:isString unit_price:isPrice unit_price_ratio~d6 additional_shipping_cost:isPrice
        customizable:isUnsignedInt text_fields:isUnsignedInt uploadable_files:isUnsignedInt
        active:isBool redirect_type:isString id_type_redirected:isUnsignedId available_for_order:isBool
        available_date:isDateFormat~date show_condition:isBool condition:isGenericName show_price:isBool
        indexed:isBool visibility:isProductVisibility advanced_stock_management:isBool date_add:isDate
        date_upd:isDate pack_stock_type:isUnsignedInt meta_description^:isGenericName/512
        meta_keywords^:isGenericName/255 meta_title^:isGenericName/255 link_rewrite^:isLinkRewrite/128
        name^:isCatalogName/128 description^:isCleanHtml/4194303~html
        description_short^:isCleanHtml/4194303~html available_now^:isGenericName/255
        available_later^:IsGenericName/255
    """,
        associations="""
        categories:category@categories = id
        images:image@images = id
        combinations:combination@combinations = id
        product_option_values:product_option_value@product_option_values = id
        product_features:product_feature@product_features = id id_feature_value>product_feature_values
        tags:tag@tags = id
        stock_availables:stock_available@stock_availables = id id_product_attribute
        attachments:attachment@attachments = id
        accessories:product@products = id
        product_bundle:product@products = id id_product_attribute quantity
    """,
        indexed="reference",
    ),
    Resource.of(
        "combinations",
        "combination",
        "Combination",
        "The product combinations",
        """
        id_product!:isUnsignedId>products ean13:isEan13/13 isbn:isIsbn/32 upc:isUpc/12 mpn:isMpn/40
        reference/64 supplier_reference/64 wholesale_price:isNegativePrice/27 price:isNegativePrice/20
        ecotax:isPrice/20 weight:isFloat unit_price_impact:isNegativePrice/20
        minimal_quantity!:isPositiveInt low_stock_threshold:isInt~nullint low_stock_alert:isBool
        default_on:isBool available_date:isDateFormat~date available_now^:isGenericName/255
        available_later^:IsGenericName/255
    """,
        associations="""
        product_option_values:product_option_value@product_option_values = id
        images:image@images/products = id
    """,
        indexed="id_product",
    ),
    Resource.of(
        "stock_availables",
        "stock_available",
        "StockAvailable",
        "Available quantities",
        """
        id_product!:isUnsignedId>products id_product_attribute!:isUnsignedId>combinations
        id_shop:isUnsignedId>shops id_shop_group:isUnsignedId quantity!:isInt depends_on_stock!:isBool
        out_of_stock!:isInt location:isString/255
    """,
        indexed="id_product",
        of_shop=True,
        forbidden=("POST", "DELETE"),
    ),
    Resource.of(
        "categories",
        "category",
        "Category",
        "The product categories",
        """
        id_parent:isUnsignedInt>categories level_depth-:isUnsignedInt nb_products_recursive#-~virtual
        active!:isBool id_shop_default:isUnsignedId is_root_category:isBool position~int date_add:isDate
        date_upd:isDate name!^:isCatalogName/128 link_rewrite!^:isLinkRewrite/128
        description^:isCleanHtml/4194303 additional_description^:isCleanHtml/4194303
        meta_title^:isGenericName/255 meta_description^:isGenericName/512
        meta_keywords^:isGenericName/255
    """,
        associations="""
        categories:category@categories = id
        products:product@products = id
    """,
    ),
    Resource.of(
        "product_options",
        "product_option",
        "AttributeGroup",
        "The product options",
        """
        is_color_group:isBool group_type! position:isInt~int name!^:isGenericName/128
        public_name!^:isGenericName/64
    """,
        associations="product_option_values:product_option_value@product_option_values = id",
    ),
    Resource.of(
        "product_option_values",
        "product_option_value",
        "ProductAttribute",
        "The product options value",
        """
        id_attribute_group!:isUnsignedId>product_options color:isColor position:isInt~int
        name!^:isGenericName/128
    """,
        indexed="id_attribute_group",
    ),
    Resource.of(  # not served as a list: `images.py` answers for it
        "images",
        "image",
        "Image",
        "The images",
        "id_product:isUnsignedId position:isInt cover:isBool legend^",
        indexed="id_product",
    ),
    Resource.of(
        "order_states",
        "order_state",
        "OrderState",
        "The Order statuses",
        """
        unremovable:isBool delivery:isBool hidden:isBool send_email:isBool module_name:isModuleName
        invoice:isBool color:isColor logable:isBool shipped:isBool paid:isBool pdf_delivery:isBool
        pdf_invoice:isBool deleted:isBool name!^:isGenericName/64 template^:isTplName/64
    """,
    ),
    Resource.of(
        "countries",
        "country",
        "Country",
        "The countries",
        """
        id_zone!:isUnsignedId>zones id_currency:isUnsignedId>currencies call_prefix:isInt
        iso_code!:isLanguageIsoCode/3 active:isBool contains_states!:isBool
        need_identification_number!:isBool need_zip_code:isBool zip_code_format:isZipCodeFormat
        display_tax_label!:isBool name!^:isGenericName/64
    """,
    ),
    Resource.of(
        "states",
        "state",
        "State",
        "The available states of countries",
        """
        id_zone!:isUnsignedId>zones id_country!:isUnsignedId>countries iso_code!:isStateIsoCode/7
        name!:isGenericName/80 active:isBool
    """,
    ),
    Resource.of(
        "languages",
        "language",
        "Language",
        "Shop languages",
        """
        name!:isGenericName/32 iso_code!:isLanguageIsoCode/2 locale:isLocale/5
        language_code:isLanguageCode/5 active:isBool is_rtl:isBool date_format_lite!:isPhpDateFormat/32
        date_format_full!:isPhpDateFormat/32
    """,
    ),
    Resource.of(
        "currencies",
        "currency",
        "Currency",
        "The currencies",
        """
        names^ name!#:isGenericName/255 symbol^/255 iso_code!:isLanguageIsoCode/3
        numeric_iso_code:isNumericIsoCode/3 precision:isInt conversion_rate!:isUnsignedFloat
        deleted:isBool active:isBool unofficial:isBool modified:isBool pattern^/255
    """,
    ),
    Resource.of(
        "carriers",
        "carrier",
        "Carrier",
        "The Carriers",
        """
        deleted:isBool is_module:isBool id_tax_rules_group#~virtual id_reference~int
        name!:isCarrierName/64 active!:isBool is_free:isBool url:isAbsoluteUrl shipping_handling:isBool
        shipping_external~bool range_behavior:isBool shipping_method:isUnsignedInt
        max_width:isUnsignedInt max_height:isUnsignedInt max_depth:isUnsignedInt max_weight:isFloat
        grade:isUnsignedInt/1 external_module_name/64 need_range~bool position~int
        delay!^:isGenericName/512
    """,
    ),
    Resource.of(
        "groups",
        "group",
        "Group",
        "The customer's groups",
        """
        reduction:isFloat~d2 price_display_method!:isPriceDisplayMethod show_prices:isBool
        date_add:isDate date_upd:isDate name!^:isGenericName/32
    """,
    ),
    Resource.of(
        "configurations",
        "configuration",
        "Configuration",
        "Shop configuration",
        """
        value name!:isConfigName/254 id_shop_group~nullint id_shop~nullint date_add:isDate
        date_upd:isDate
    """,
        indexed="name",
    ),
    Resource.of(
        "shops",
        "shop",
        "Shop",
        "Shops from multi-shop feature",
        """
        id_shop_group!~int id_category!~int active:isBool deleted:isBool name!:isGenericName/64
        color:isColor theme_name:isThemeName
    """,
    ),
)
