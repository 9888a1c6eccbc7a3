<?php
/**
 * The hooks. Each notes an event and sends nothing before the visitor has the answer; and no error gets out: a PHP Error
 * in a hook makes the shop's API answer 500 after it has saved, and the caller's retry then makes a duplicate.
 */
trait ShopsyncHooks
{
    private static $scheduled = false;
    private static $complained = false;

    /** Their names, read off the methods below. */
    public static function hooks()
    {
        $methods = preg_grep('/^hookAction/', get_class_methods(__CLASS__));

        return array_map(function ($method) { return lcfirst(substr($method, 4)); }, array_values($methods));
    }

    private function note($method, $params)
    {
        try {
            $listens = $this->isConfigured() && !$this->isOwnWrite();
            $event = $listens ? ShopsyncEvents::from(lcfirst(substr($method, 4)), (array) $params) : null;
            if ($event) {
                $this->schedule();
                $this->outbox()->note($event[0], $event[1], $event[2]);
            }
        } catch (Throwable $trouble) {
            $this->complain($trouble);
        }
    }

    /** The service is writing. The header counts in the webservice only: else a visitor could hide an order with it. */
    private function isOwnWrite()
    {
        $api = defined('_PS_API_IN_USE_') || class_exists('WebserviceRequest', false);

        return $api && !empty($_SERVER['HTTP_X_REVERSE_SYNC_OPERATION']);
    }

    private function schedule()
    {
        if (!self::$scheduled) {
            self::$scheduled = true;
            register_shutdown_function(function () {
                register_shutdown_function([$this, 'deliver']); // after all others, which may have more to say
            });
        }
    }

    /** After the request: releases what it noted, and sends for two seconds at most. */
    public function deliver()
    {
        try {
            $this->outbox()->release();
            if ($this->finishRequest() && !$this->outbox()->isPaused()) {
                $this->sender()->flush(self::MOST_PER_REQUEST, self::SECONDS_PER_REQUEST);
                $this->outbox()->prune();
            }
        } catch (Throwable $trouble) {
            $this->complain($trouble);
        }
    }

    /** Gives the visitor the answer; false on a server that cannot do so and let us go on. */
    private function finishRequest()
    {
        $finish = self::finisher();
        if ($finish) {
            $cookie = Context::getContext()->cookie;
            if ($cookie) {
                $cookie->write(); // after a redirect only its destructor would, too late for headers
            }
            if (session_status() === PHP_SESSION_ACTIVE) {
                session_write_close(); // else the same person's next click waits for its lock
            }
            ignore_user_abort(true);
            $finish();
        }

        return (bool) $finish;
    }

    /** The function that ends a request early: PHP-FPM and LiteSpeed have one. */
    private static function finisher()
    {
        $known = array_filter(['fastcgi_finish_request', 'litespeed_finish_request'], 'function_exists');

        return reset($known);
    }

    /** Once per request, to the shop's own log (Advanced Parameters > Logs). */
    private function complain(Throwable $trouble)
    {
        try {
            if (!self::$complained) {
                self::$complained = true;
                PrestaShopLogger::addLog('shopsync: ' . $trouble->getMessage(), 3);
            }
        } catch (Throwable $more) {
            error_log('shopsync: ' . $trouble->getMessage());
        }
    }

    public function hookActionObjectCustomerAddAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectCustomerUpdateAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectCustomerDeleteAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectAddressAddAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectAddressUpdateAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectAddressDeleteAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectOrderAddAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectOrderUpdateAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectOrderDeleteAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectOrderCarrierAddAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectOrderCarrierUpdateAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectOrderCarrierDeleteAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectProductAddAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectProductUpdateAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectProductDeleteAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectCombinationAddAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectCombinationUpdateAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectCombinationDeleteAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectStockAvailableAddAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectStockAvailableUpdateAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectStockAvailableDeleteAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectCartRuleAddAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectCartRuleUpdateAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectCartRuleDeleteAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectCategoryAddAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectCategoryUpdateAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectCategoryDeleteAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectImageAddAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectImageUpdateAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionObjectImageDeleteAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionOrderStatusPostUpdate($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionValidateOrder($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionValidateOrderAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionAdminOrdersTrackingNumberUpdate($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionNewsletterRegistrationAfter($params) { $this->note(__FUNCTION__, $params); }
    public function hookActionUpdateQuantity($params) { $this->note(__FUNCTION__, $params); }
}
