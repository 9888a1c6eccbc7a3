<?php
/** From a hook's call to a row: orders and values as recorded from PrestaShop 8.2.1. */

function test_every_hook_is_registered_and_has_its_method()
{
    $hooks = shop()->registered;

    same(36, count(array_unique($hooks)));
    foreach (['Customer', 'Address', 'Order', 'OrderCarrier', 'Product', 'Combination', 'StockAvailable', 'CartRule', 'Category', 'Image'] as $class) {
        foreach (['Add', 'Update', 'Delete'] as $verb) {
            same(true, in_array('actionObject' . $class . $verb . 'After', $hooks, true), $class . $verb);
        }
    }
}

function test_each_object_hook_notes_its_record()
{
    $module = shop();
    $classes = ['Customer', 'Address', 'Order', 'Product', 'Combination', 'StockAvailable', 'CartRule', 'Category'];
    foreach ($classes as $index => $class) {
        $module->{'hookActionObject' . $class . 'AddAfter'}(['object' => record(10 + $index)]);
        $module->{'hookActionObject' . $class . 'UpdateAfter'}(['object' => record(30 + $index)]);
        $module->{'hookActionObject' . $class . 'DeleteAfter'}(['object' => record(50 + $index)]);
    }
    $types = ['customer', 'address', 'order', 'product', 'variant', 'stock', 'coupon', 'category'];
    $expected = [];
    foreach ($types as $index => $type) {
        array_push($expected, "$type " . (10 + $index) . ' created', "$type " . (30 + $index) . ' updated', "$type " . (50 + $index) . ' deleted');
    }
    same($expected, noted());
    same([], PrestaShopLogger::$lines);
}

function test_an_image_is_named_with_its_product()
{
    shop()->hookActionObjectImageAddAfter(['object' => record(24, ['id_product' => '8'])]);

    same(['image 8/24 created'], noted());
}

function test_tracking_is_a_change_of_the_order()
{
    $module = shop();
    $module->hookActionObjectOrderCarrierUpdateAfter(['object' => record(4, ['id_order' => 3])]);
    $module->hookActionAdminOrdersTrackingNumberUpdate(['order' => record(3), 'customer' => record(2)]);
    $module->hookActionObjectOrderCarrierDeleteAfter(['object' => record(5, ['id_order' => '9'])]);
    same(['order 3 updated', 'order 9 updated'], noted());
}

function test_a_status_change_with_its_six_order_hooks_is_one_event_and_one_statement()
{
    $module = shop();
    Db::$statements = [];
    $module->hookActionObjectOrderUpdateAfter(['object' => record(5)]);
    for ($hook = 0; $hook < 5; ++$hook) {
        $module->hookActionObjectOrderUpdateAfter(['object' => record(5)]);
    }
    $module->hookActionObjectOrderCarrierUpdateAfter(['object' => record(5, ['id_order' => 5])]);
    $module->hookActionOrderStatusPostUpdate(['id_order' => 5, 'newOrderStatus' => record(2)]);
    same(['order 5 updated'], noted());
    same(2, count(Db::$statements), 'the insert, and this test\'s own look');
}

function test_an_order_placed_in_the_storefront_is_one_created_order_and_its_stock()
{
    $module = shop();
    $module->hookActionObjectOrderAddAfter(['object' => record(7)]);
    $module->hookActionObjectStockAvailableUpdateAfter(['object' => record(88)]);
    $module->hookActionUpdateQuantity(['id_product' => 8, 'id_product_attribute' => '0', 'quantity' => 298, 'delta_quantity' => -2, 'id_shop' => '1']);
    $module->hookActionObjectOrderCarrierAddAfter(['object' => record(8, ['id_order' => 7])]);
    $module->hookActionValidateOrder(['order' => record(7), 'customer' => record(16)]);
    $module->hookActionObjectOrderUpdateAfter(['object' => record(7)]);
    $module->hookActionOrderStatusPostUpdate(['id_order' => 7]);
    $module->hookActionValidateOrderAfter(['order' => record(7), 'orders' => [record(7)]]);
    same(['order 7 created', 'stock 88 updated'], noted());
}

function test_the_newsletter_box_tells_of_a_customer_and_not_of_a_visitor()
{
    $module = shop();
    $module->hookActionNewsletterRegistrationAfter(['email' => 'visitor@example.test', 'action' => '0']);
    $module->hookActionNewsletterRegistrationAfter(['email' => 'no address', 'action' => '0']);
    $module->hookActionNewsletterRegistrationAfter(['email' => 'front@example.test', 'action' => '0', 'error' => false]);
    same(['customer 16 updated'], noted());
    same([], PrestaShopLogger::$lines);
}

function test_a_record_made_and_removed_in_one_request_is_removed()
{
    $module = shop();
    $module->hookActionObjectImageAddAfter(['object' => record(24, ['id_product' => '8'])]);
    $module->hookActionObjectImageDeleteAfter(['object' => record(24, ['id_product' => '8'])]);
    $module->hookActionObjectImageUpdateAfter(['object' => record(24, ['id_product' => '8'])]);
    same(['image 8/24 deleted'], noted());
}

function test_a_call_without_a_record_notes_nothing()
{
    $module = shop();
    $module->hookActionObjectProductAddAfter(['object' => record(null)]);
    $module->hookActionUpdateQuantity(['id_product' => 999, 'id_product_attribute' => 0, 'id_shop' => '1']);
    same([], noted());
}

function test_the_service_s_own_writes_are_silent()
{
    $module = shop();
    define('_PS_API_IN_USE_', true);
    $_SERVER['HTTP_X_REVERSE_SYNC_OPERATION'] = 'op-1';
    $module->hookActionObjectCustomerUpdateAfter(['object' => record(67)]);
    same([], noted());
    unset($_SERVER['HTTP_X_REVERSE_SYNC_OPERATION']);
    $module->hookActionObjectCustomerUpdateAfter(['object' => record(67)]);
    same(['customer 67 updated'], noted(), 'somebody else over the API');
}

function test_a_visitor_cannot_hide_an_order_with_our_header()
{
    $module = shop();
    $_SERVER['HTTP_X_REVERSE_SYNC_OPERATION'] = 'op-1';
    $module->hookActionObjectOrderAddAfter(['object' => record(7)]);
    same(['order 7 created'], noted());
}

function test_nothing_is_noted_before_address_and_secret_are_set()
{
    $module = shop();
    Configuration::$values['SHOPSYNC_SECRET'] = '';
    $module->hookActionObjectOrderAddAfter(['object' => record(7)]);
    same([], noted());
}

function test_an_exception_of_the_database_stays_in_the_hook_and_is_logged_once()
{
    $module = shop();
    Db::$trouble = new RuntimeException('table is gone');
    $module->hookActionObjectOrderAddAfter(['object' => record(7)]);
    $module->hookActionObjectOrderUpdateAfter(['object' => record(7)]);
    $module->deliver();
    same(['shopsync: table is gone'], PrestaShopLogger::$lines);
    Db::$trouble = null;
    $module->hookActionObjectOrderUpdateAfter(['object' => record(7)]);
    same(['order 7 updated'], noted(), 'what failed does not count as noted');
}

function test_a_php_error_stays_in_the_hook()
{
    $module = shop();
    Db::$trouble = new TypeError('a mistake');
    $module->hookActionObjectOrderAddAfter(['object' => record(7)]);
    Db::$trouble = null;
    $module->hookActionObjectOrderUpdateAfter(null);
    $module->hookActionObjectOrderCarrierUpdateAfter(['object' => record(7)]);
    same([], noted());
    same(1, count(PrestaShopLogger::$lines));
}
