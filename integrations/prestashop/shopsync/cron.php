<?php
/** For the server's own timetable: php modules/shopsync/cron.php. Sends what waits. */
if (PHP_SAPI === 'cli') {
    require dirname(__DIR__, 2) . '/config/config.inc.php';
    echo Module::getInstanceByName('shopsync')->sendWaiting(), "\n";
}
