<?php
/** For a timetable that calls an address: the settings page shows it. Sends what waits, also during maintenance. */
class ShopsyncCronModuleFrontController extends ModuleFrontController
{
    public $ssl = true;

    public function postProcess()
    {
        $token = $this->module->cronToken();
        $known = $token !== '' && hash_equals($token, (string) Tools::getValue('token'));
        header('Content-Type: text/plain', true, $known ? 200 : 403);
        exit($known ? $this->module->sendWaiting() : 'wrong token');
    }

    protected function displayMaintenancePage()
    {
    }
}
