"""The rows of the demo shop and of our examples, as text: `resource id: field=value; field=English|French`.

A line with `*` for the id sets what the following rows of that resource have in common. Ids, names and
amounts are those of a fresh 8.2.1 with demo data where they were recorded; the rest is plausible.
"""

DEMO = """
languages *: active=1
languages 1: name=English (English); iso_code=en; locale=en-US; language_code=en-us; \
date_format_lite=m/d/Y
languages 2: name=Français (French); iso_code=fr; locale=fr-FR; language_code=fr; date_format_lite=d/m/Y
currencies 1: names=Euro|euro; name=Euro; symbol=€|€; iso_code=EUR; numeric_iso_code=978; precision=2; active=1
countries *: id_zone=1; call_prefix=33; active=0; need_zip_code=1; zip_code_format=NNNNN; \
display_tax_label=1
countries 1: iso_code=DE; active=1; name=Germany|Allemagne
countries 3: iso_code=BE; name=Belgium|Belgique
countries 6: iso_code=ES; name=Spain|Espagne
countries 8: iso_code=FR; active=1; name=France|France
countries 10: iso_code=IT; contains_states=1; name=Italy|Italie
countries 17: iso_code=GB; name=United Kingdom|Royaume-Uni
countries *: id_zone=2; call_prefix=1; contains_states=1; display_tax_label=0
countries 4: iso_code=CA; name=Canada|Canada
countries 21: iso_code=US; active=1; name=United States|États-Unis
states *: id_zone=2; id_country=21; active=1
states 5: iso_code=AK; name=Alaska
states 8: iso_code=CA; name=California
states 12: iso_code=FL; name=Florida
states 35: iso_code=NY; name=New York
order_states *: unremovable=1; color=#3498D8; send_email=1
order_states 2: name=Payment accepted; template=payment; invoice=1; logable=1; paid=1; pdf_invoice=1
order_states 3: name=Processing in progress; template=preparation; delivery=1; invoice=1; logable=1; \
paid=1
order_states 4: name=Shipped; template=shipped; delivery=1; invoice=1; logable=1; paid=1; shipped=1; \
pdf_delivery=1
order_states 5: name=Delivered; delivery=1; invoice=1; logable=1; paid=1; shipped=1; send_email=0
order_states 6: name=Canceled; template=order_canceled
order_states 7: name=Refunded; template=refund; invoice=1
order_states 8: name=Payment error; template=payment_error
order_states 9: name=On backorder (paid); template=outofstock; invoice=1; paid=1
order_states 11: name=Remote payment accepted; template=payment; invoice=1; logable=1; paid=1
order_states 12: name=On backorder (not paid); template=outofstock
order_states 13: name=Awaiting Cash On Delivery validation; template=cashondelivery; send_email=0
order_states 1: name=Awaiting check payment; template=cheque
order_states 10: name=Awaiting bank wire payment; template=bankwire
carriers 1: id_reference=1; name=Click and collect; active=1; is_free=1; delay=Pick up in-store|Retrait
carriers 2: id_reference=2; name=My carrier; active=1; delay=Delivery next day!|Livraison demain
groups *: price_display_method=1; show_prices=1
groups 1: name=Visitor|Visiteur
groups 2: name=Guest|Invité
groups 3: name=Customer|Client
shops 1: id_shop_group=1; id_category=2; active=1; name=RealShop; theme_name=classic
categories *: active=1; id_shop_default=1
categories 1: level_depth=0; name=Root|Racine; link_rewrite=root|racine
categories 2: id_parent=1; level_depth=1; is_root_category=1; name=Home|Accueil; link_rewrite=home|accueil
categories 3: id_parent=2; level_depth=2; name=Clothes|Vêtements; link_rewrite=clothes|vetements
categories 6: id_parent=2; level_depth=2; name=Accessories|Accessoires; link_rewrite=accessories|accessoires
categories 7: id_parent=6; level_depth=3; name=Stationery|Papeterie; link_rewrite=stationery|papeterie
categories 8: id_parent=6; level_depth=3; name=Home Accessories|Accessoires de maison; \
link_rewrite=home-accessories|accessoires-de-maison
configurations 7: name=PS_COUNTRY_DEFAULT; value=8
configurations 6: name=PS_CURRENCY_DEFAULT; value=1
configurations 104: name=PS_GUEST_CHECKOUT_ENABLED; value=1
configurations 1: name=PS_LANG_DEFAULT; value=1
customers *: id_gender=1; active=1; id_lang=1; id_default_group=3; id_shop=1; id_shop_group=1
customers 1: email=anonymous@psgdpr.com; firstname=Anonymous; lastname=Anonymous; active=0; \
date_add=2026-11-21 02:11:44; date_upd=2026-11-21 02:11:44; last_passwd_gen=2026-11-20 20:11:44
customers 2: email=pub@prestashop.com; firstname=John; lastname=DOE; newsletter=1; optin=1; \
birthday=1970-01-15; newsletter_date_add=2013-12-13 08:19:15
addresses *: lastname=DOE; firstname=John; company=My Company; address1=16, Main street; \
address2=2nd floor
addresses 2: id_customer=2; alias=My address; id_country=8; postcode=75002; city=Paris; phone=0102030405
addresses 5: id_customer=2; alias=My address; id_country=21; id_state=12; postcode=33133; city=Miami; \
phone=0102030405
addresses 6: id_manufacturer=1; alias=Studio Design; id_country=21; id_state=35; city=New York; company=
products *: id_manufacturer=1; id_supplier=2; id_category_default=8; id_tax_rules_group=1; \
id_shop_default=1; wholesale_price=5.49; weight=0.3; state=1; additional_delivery_times=1; \
product_type=standard; active=1; minimal_quantity=1; redirect_type=404; available_for_order=1; \
condition=new; show_price=1; indexed=1; visibility=both; pack_stock_type=3
products 1: reference=demo_1; price=23.9; name=Hummingbird printed t-shirt|T-shirt imprimé colibri
products 2: reference=demo_3; price=35.9; name=Hummingbird printed sweater|Pull imprimé colibri
products 4: reference=demo_5; price=29; name=The adventure begins Framed poster|Affiche encadrée
products 6: reference=demo_11; price=11.9; name=Mug The best is yet to come
products 8: reference=demo_13; price=11.9; name=Mug Today is a good day
products 10: reference=demo_16; price=18.9; name=Brown bear cushion|Coussin ours brun
products 16: reference=demo_8; price=12.9; name=Mountain fox notebook|Carnet de notes renard
product_options 1: group_type=select; name=Size|Taille; public_name=Size|Taille
product_options 2: group_type=color; is_color_group=1; name=Color|Couleur; public_name=Color|Couleur; position=1
product_options 3: group_type=select; name=Dimension|Dimension; public_name=Dimension|Dimension; position=2
product_options 4: group_type=select; name=Paper Type|Type de papier; public_name=Paper Type|Type de papier; \
position=3
product_option_values 1: id_attribute_group=1; name=S
product_option_values 2: id_attribute_group=1; name=M; position=1
product_option_values 8: id_attribute_group=2; name=White|Blanc; color=#ffffff
product_option_values 11: id_attribute_group=2; name=Black|Noir; color=#434A54; position=1
product_option_values 21: id_attribute_group=3; name=80x120cm
product_option_values 22: id_attribute_group=4; name=Ruled|Ligné
product_option_values 23: id_attribute_group=4; name=Plain|Uni; position=1
combinations *: minimal_quantity=1; default_on=1
combinations 1: id_product=1; reference=demo_1
combinations 2: id_product=1; reference=demo_1; default_on=0
combinations 9: id_product=2; reference=demo_3
combinations 18: id_product=4; reference=demo_5; price=50
combinations 25: id_product=10; reference=demo_16
combinations 28: id_product=16; reference=demo_8
stock_availables *: id_shop=1; out_of_stock=2; quantity=300
stock_availables 1: id_product=1; quantity=600
stock_availables 2: id_product=2
stock_availables 4: id_product=4
stock_availables 6: id_product=6
stock_availables 8: id_product=8
stock_availables 10: id_product=10
stock_availables 16: id_product=16
stock_availables 20: id_product=1; id_product_attribute=1
stock_availables 21: id_product=1; id_product_attribute=2
stock_availables 28: id_product=2; id_product_attribute=9
stock_availables 37: id_product=4; id_product_attribute=18
stock_availables 44: id_product=10; id_product_attribute=25
stock_availables 47: id_product=16; id_product_attribute=28
carts *: id_address_delivery=5; id_address_invoice=5; id_currency=1; id_lang=1; id_customer=2; \
id_carrier=2; id_shop=1; id_shop_group=1
carts 1:
carts 2:
carts 3:
carts 4:
carts 5:
orders *: id_address_delivery=5; id_address_invoice=5; id_currency=1; id_lang=1; id_customer=2; \
id_carrier=2; id_shop=1; id_shop_group=1; module=ps_checkpayment; payment=Payment by check; \
conversion_rate=1; secure_key=b44a6d9efd7a0076a0fbce6b15eaf3b1; total_shipping=7; \
total_shipping_tax_incl=8.4; total_shipping_tax_excl=7
orders 1: id_cart=1; reference=XKBKNABJK; current_state=6; total_paid=61.8; total_paid_tax_incl=68.2; \
total_paid_tax_excl=66.8; total_products=59.8; total_products_wt=59.8
orders 2: id_cart=2; reference=OHSATSERP; current_state=1; total_paid=169.9; total_paid_tax_incl=169.9; \
total_paid_tax_excl=169.9; total_products=169.9; total_products_wt=169.9; total_shipping=0; \
total_shipping_tax_incl=0; total_shipping_tax_excl=0
orders 3: id_cart=3; reference=UOYEVOLI; current_state=8; total_paid=14.9; total_paid_tax_incl=21.3; \
total_paid_tax_excl=19.9; total_products=12.9; total_products_wt=12.9
orders 4: id_cart=4; reference=FFATNOMMJ; current_state=1; total_paid=14.9; total_paid_tax_incl=21.3; \
total_paid_tax_excl=19.9; total_products=12.9; total_products_wt=12.9
orders 5: id_cart=5; reference=KHWLILZLL; current_state=10; total_paid=20.9; total_paid_tax_incl=27.3; \
total_paid_tax_excl=25.9; total_products=18.9; total_products_wt=18.9; module=ps_wirepayment; \
payment=Bank wire
order_carriers *: id_carrier=2; shipping_cost_tax_excl=7; shipping_cost_tax_incl=8.4
order_carriers 1: id_order=1
order_carriers 2: id_order=2
order_carriers 3: id_order=3
order_carriers 4: id_order=4
order_carriers 5: id_order=5
order_histories 1: id_order=1; id_order_state=1
order_histories 2: id_order=2; id_order_state=1
order_histories 3: id_order=3; id_order_state=1
order_histories 4: id_order=4; id_order_state=1
order_histories 5: id_order=5; id_order_state=10
order_histories 6: id_order=1; id_order_state=6
order_histories 7: id_order=3; id_order_state=8
order_details *: id_shop=1; product_quantity=1; product_quantity_in_stock=3; original_wholesale_price=5.49
order_details 1: id_order=1; product_id=1; product_attribute_id=1; product_price=23.9; \
product_reference=demo_1; product_name=Hummingbird printed t-shirt - Color : White, Size : S
order_details 2: id_order=1; product_id=2; product_attribute_id=9; product_price=35.9; \
product_reference=demo_3; product_name=Hummingbird printed sweater - Color : White, Size : S
order_details 3: id_order=2; product_id=4; product_attribute_id=18; product_price=79; product_quantity=2; \
product_reference=demo_5; product_name=The adventure begins Framed poster - Size : 80x120cm
order_details 4: id_order=2; product_id=8; product_price=11.9; product_reference=demo_13; \
product_name=Mug Today is a good day
order_details 5: id_order=3; product_id=16; product_attribute_id=28; product_price=12.9; \
product_reference=demo_8; product_name=Mountain fox notebook Style : Ruled
order_details 6: id_order=4; product_id=16; product_attribute_id=29; product_price=12.9; \
product_reference=demo_8; product_name=Mountain fox notebook Style : Plain
order_details 7: id_order=5; product_id=10; product_attribute_id=25; product_price=18.9; \
product_reference=demo_16; product_name=Brown bear cushion Color : Black
"""

EXAMPLES = """
customers 67: email=john@example.com; firstname=Jon; lastname=Do; id_gender=1; active=1; id_lang=1; \
id_default_group=3; id_shop=1; id_shop_group=1
addresses 7: id_customer=67; id_country=21; id_state=35; alias=My address; firstname=Jon; lastname=Do; \
address1=1 Main Street; postcode=10001; city=New York; phone=+1 555 0100
carts 1001: id_address_delivery=7; id_address_invoice=7; id_currency=1; id_lang=1; id_customer=67; \
id_carrier=2; id_shop=1; id_shop_group=1
orders 1001: id_cart=1001; id_address_delivery=7; id_address_invoice=7; id_currency=1; id_lang=1; \
id_customer=67; id_carrier=2; id_shop=1; id_shop_group=1; reference=EXAMPLEXA; current_state=2; valid=1; \
module=ps_wirepayment; payment=Bank wire; conversion_rate=1; total_paid=30.8; total_paid_tax_incl=30.8; \
total_paid_tax_excl=30.8; total_paid_real=30.8; total_products=23.8; total_products_wt=23.8; \
total_shipping=7; total_shipping_tax_incl=7; total_shipping_tax_excl=7; invoice_number=1; \
invoice_date=2026-11-21 02:11:56
order_carriers 1001: id_order=1001; id_carrier=2; id_order_invoice=1; shipping_cost_tax_excl=7; \
shipping_cost_tax_incl=7
order_invoices 1: id_order=1001; number=1; total_paid_tax_incl=30.8
order_payments 1: order_reference=EXAMPLEXA; id_currency=1; amount=30.8; payment_method=Bank wire; \
conversion_rate=1
order_histories 1001: id_order=1001; id_order_state=2
order_details 1001: id_order=1001; id_shop=1; product_id=8; product_quantity=2; product_price=11.9; \
product_reference=demo_13; product_name=Mug Today is a good day
"""

COMBINATION_VALUES = {1: ["1", "8"], 2: ["2", "8"], 9: ["1", "8"], 18: ["21"], 25: ["11"], 28: ["22"]}
"""Which option values a combination of the demo shop has."""
PICTURES = {2: 3}
"""The cover of a product, where its id is another than the product's."""
