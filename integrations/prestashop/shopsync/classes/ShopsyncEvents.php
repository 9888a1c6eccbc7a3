<?php
/** Which event a hook's call is. It names the record only: the service reads the rest when it gets to it. */
class ShopsyncEvents
{
    const TYPES = [
        'Customer' => 'customer', 'Address' => 'address', 'Order' => 'order', 'OrderCarrier' => 'order',
        'Product' => 'product', 'Combination' => 'variant', 'StockAvailable' => 'stock', 'CartRule' => 'coupon',
        'Category' => 'category', 'Image' => 'image',
    ];
    const ACTIONS = ['Add' => 'created', 'Update' => 'updated', 'Delete' => 'deleted'];
    const OF_ORDERS = [
        'actionValidateOrder' => 'created', 'actionValidateOrderAfter' => 'created',
        'actionOrderStatusPostUpdate' => 'updated', 'actionAdminOrdersTrackingNumberUpdate' => 'updated',
    ];

    /** [entity type, action, id], or null if the call concerns no record that is known. */
    public static function from($hook, array $params)
    {
        $params += ['object' => null, 'order' => null, 'id_order' => 0, 'email' => '', 'id_shop' => null];
        if (preg_match('/^actionObject(\w+)(Add|Update|Delete)After$/', $hook, $found)) {
            return self::ofObject($found[1], self::ACTIONS[$found[2]], $params['object']);
        }
        if (isset(self::OF_ORDERS[$hook])) {
            return self::event('order', self::OF_ORDERS[$hook], $params['order'] ? $params['order']->id : $params['id_order']);
        }
        if ($hook === 'actionNewsletterRegistrationAfter') {
            // The box changes the customer in SQL: no other hook tells. A visitor who is no customer has no record.
            $known = Validate::isEmail($params['email']) ? Customer::customerExists($params['email'], true, false) : 0;

            return self::event('customer', 'updated', $known);
        }
        list($product, $combination) = [(int) $params['id_product'], (int) $params['id_product_attribute']];
        $row = StockAvailable::getStockAvailableIdByProductId($product, $combination, $params['id_shop']);

        return self::event('stock', 'updated', $row);
    }

    private static function ofObject($class, $action, $object)
    {
        if ($class === 'Image') { // the webservice finds an image by its product only
            return $object->id > 0 ? ['image', $action, (int) $object->id_product . '/' . (int) $object->id] : null;
        }

        return $class === 'OrderCarrier'
            ? self::event('order', 'updated', $object->id_order) // tracking and postage are the order's
            : self::event(self::TYPES[$class], $action, $object->id);
    }

    private static function event($type, $action, $id)
    {
        return (int) $id > 0 ? [$type, $action, (int) $id] : null;
    }
}
