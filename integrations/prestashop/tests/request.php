<?php
/**
 * One request of a shop, from its hooks to the end of the process, with the module's own way of sending.
 *
 * php request.php ADDRESS SECRET status|products|timetable; rows are kept in the SQLite file SHOPSYNC_DATABASE.
 */
require __DIR__ . '/stubs.php';
require dirname(__DIR__) . '/shopsync/shopsync.php';
require __DIR__ . '/support.php';

function fastcgi_finish_request()
{
    echo "answered\n";
}

$module = shop($argv[1]);
Configuration::$values['SHOPSYNC_SECRET'] = $argv[2];
switch ($argv[3]) {
    case 'status':
        for ($hook = 0; $hook < 6; ++$hook) {
            $module->hookActionObjectOrderUpdateAfter(['object' => record(5)]);
        }
        $module->hookActionOrderStatusPostUpdate(['id_order' => 5]);
        break;
    case 'products':
        for ($id = 1; $id <= 30; ++$id) {
            $module->hookActionObjectProductUpdateAfter(['object' => record($id)]);
        }
        break;
    case 'timetable':
        echo $module->sendWaiting(), "\n";
}
exit; // as PrestaShop's redirects do
