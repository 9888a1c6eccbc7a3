<?php
if (!defined('_PS_VERSION_')) {
    exit;
}
foreach (['Signature', 'Events', 'Outbox', 'Sender', 'Hooks'] as $part) {
    require_once __DIR__ . '/classes/Shopsync' . $part . '.php';
}

/** Tells the sync service what changes in the shop: installation, settings page, and the parts put together. */
class Shopsync extends Module
{
    use ShopsyncHooks;

    const MOST_PER_REQUEST = 20, SECONDS_PER_REQUEST = 2, MOST_PER_RUN = 500, SECONDS_PER_RUN = 25, SHOWN = 20;
    const ADDRESS = '#^https?://[^/\s?\#@]+(/[^\s?\#]*)?/webhooks/prestashop/[^/\s?\#]+/?$#';

    private static $outbox;

    public function __construct()
    {
        $this->name = 'shopsync';
        $this->tab = 'administration';
        $this->version = '1.0.0';
        $this->author = 'odoo-shop-sync';
        $this->bootstrap = true;
        $this->ps_versions_compliancy = ['min' => '1.7.6.0', 'max' => '9.99.99'];
        parent::__construct();
        $this->displayName = $this->l('Shop sync');
        $this->description = $this->l('Tells the sync service what changes in the shop.');
        $this->confirmUninstall = $this->l('Changes that are not sent yet will be forgotten. Go on?');
    }

    public function install()
    {
        Shop::isFeatureActive() && Shop::setContext(Shop::CONTEXT_ALL);
        Configuration::updateGlobalValue('SHOPSYNC_TOKEN', bin2hex(random_bytes(16)));

        return parent::install() && $this->outbox()->install(_MYSQL_ENGINE_) && $this->registerHook(self::hooks());
    }

    public function uninstall()
    {
        array_map(['Configuration', 'deleteByName'], ['SHOPSYNC_ADDRESS', 'SHOPSYNC_SECRET', 'SHOPSYNC_TOKEN']);

        return parent::uninstall() && $this->outbox()->uninstall();
    }

    /** The settings page. PrestaShop has checked the employee's rights and the page's token before. */
    public function getContent()
    {
        $told = '';
        if (Tools::isSubmit('testShopsync')) {
            $told = $this->test();
        } elseif (Tools::isSubmit('sendShopsync')) {
            $this->outbox()->retry();
            $told = $this->displayConfirmation($this->sendWaiting());
        } elseif (Tools::isSubmit('submitShopsync')) { // last: the form sends this name with every button
            $told = $this->save(trim(Tools::getValue('SHOPSYNC_ADDRESS')), trim(Tools::getValue('SHOPSYNC_SECRET')));
        }
        $this->context->smarty->assign('shopsync', [
            'at_once' => (bool) self::finisher(),
            'waiting' => $this->outbox()->waiting(),
            'tables' => [$this->outbox()->newest(self::SHOWN, 'sent = 0 AND next_try = 0'), $this->outbox()->newest(self::SHOWN)],
            'cron' => $this->context->link->getModuleLink('shopsync', 'cron', ['token' => $this->cronToken()], true),
            'script' => __DIR__ . '/cron.php',
        ]);

        return $told . $this->form() . $this->display(__FILE__, 'views/templates/admin/deliveries.tpl');
    }

    /** For both timetables. Gives one line for whoever looks. */
    public function sendWaiting()
    {
        if (!$this->isConfigured()) {
            return 'address or secret is not set';
        }
        $counts = $this->sender()->flush(self::MOST_PER_RUN, self::SECONDS_PER_RUN);
        $this->outbox()->prune();
        $counts['waiting'] = $this->outbox()->waiting();

        return http_build_query($counts, '', ', ');
    }

    public function cronToken()
    {
        return $this->setting('TOKEN');
    }

    private function save($address, $secret)
    {
        if (!preg_match(self::ADDRESS, $address)) {
            return $this->displayError($this->l('The address must look like https://SERVICE/webhooks/prestashop/LINK.'));
        }
        if ($secret !== '' && (ShopsyncSignature::key($secret) === '' || strpbrk($secret, '<>'))) {
            // PrestaShop stores no value with a tag in it as it is.
            return $this->displayError($this->l('Not a secret: what follows whsec_ must be base64; no < or > elsewhere.'));
        }
        Configuration::updateGlobalValue('SHOPSYNC_ADDRESS', $address);
        $secret === '' || Configuration::updateGlobalValue('SHOPSYNC_SECRET', $secret);

        return strpos($address, 'https:') === 0 ? $this->displayConfirmation($this->l('Saved.'))
            : $this->displayWarning($this->l('Saved. http is not encrypted: use it within your own network only.'));
    }

    /** Is the service there, and does it take the newest event once more? It acts on an event once, however often it comes. */
    private function test()
    {
        $newest = $this->outbox()->newest(1);
        if (!$this->isConfigured() || !$newest) {
            return $this->displayWarning($this->l('Set address and secret, change any customer, then test again.'));
        }

        return $this->tell($this->l('Is the service there?'), $this->sender()->reach())
            . $this->tell($this->l('Does it take the newest event?'), $this->sender()->send($newest[0]));
    }

    private function tell($question, array $answer)
    {
        $text = Tools::safeOutput($question . ' ' . $answer[0] . ' ' . $answer[1]);

        return $answer[0] >= 200 && $answer[0] < 300 ? $this->displayConfirmation($text) : $this->displayError($text);
    }

    private function form()
    {
        $form = new HelperForm();
        $form->module = $this;
        $form->submit_action = 'submitShopsync';
        $form->default_form_language = (int) Configuration::get('PS_LANG_DEFAULT');
        $form->currentIndex = AdminController::$currentIndex . '&configure=shopsync';
        $form->token = Tools::getAdminTokenLite('AdminModules');
        $form->fields_value = ['SHOPSYNC_ADDRESS' => $this->setting('ADDRESS'), 'SHOPSYNC_SECRET' => ''];
        $hint = $this->setting('SECRET') === '' ? $this->l('The link\'s webhook secret.') : $this->l('Is set. Empty keeps it.');
        $button = ['type' => 'submit', 'class' => 'btn btn-default pull-right'];

        return $form->generateForm([['form' => [
            'legend' => ['title' => $this->l('Where to send'), 'icon' => 'icon-cogs'],
            'input' => [
                ['type' => 'text', 'name' => 'SHOPSYNC_ADDRESS', 'label' => $this->l('Address'), 'required' => true,
                    'desc' => 'https://SERVICE/webhooks/prestashop/LINK'],
                ['type' => 'password', 'name' => 'SHOPSYNC_SECRET', 'label' => $this->l('Secret'), 'desc' => $hint],
            ],
            'submit' => ['title' => $this->l('Save')],
            'buttons' => [
                ['name' => 'testShopsync', 'title' => $this->l('Test'), 'icon' => 'process-icon-ok'] + $button,
                ['name' => 'sendShopsync', 'title' => $this->l('Send now'), 'icon' => 'process-icon-refresh'] + $button,
            ],
        ]]]);
    }

    private function setting($name)
    {
        return (string) Configuration::getGlobalValue('SHOPSYNC_' . $name);
    }

    private function isConfigured()
    {
        return $this->setting('ADDRESS') !== '' && $this->setting('SECRET') !== '';
    }

    /** One per request, however many instances of the module PrestaShop makes: it knows what was noted already. */
    private function outbox()
    {
        return self::$outbox ?: (self::$outbox = new ShopsyncOutbox(Db::getInstance(), _DB_PREFIX_ . 'shopsync_outbox'));
    }

    private function sender()
    {
        return new ShopsyncSender($this->outbox(), $this->setting('ADDRESS'), $this->setting('SECRET'));
    }
}
