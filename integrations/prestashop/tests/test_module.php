<?php
/** Installing, the settings page, the timetable's address. */

function page(array $posted = [])
{
    Tools::$posted = $posted;

    return (new Shopsync())->getContent();
}

function test_uninstalling_leaves_nothing_behind()
{
    $module = shop();
    same(true, $module->uninstall());
    same([], Configuration::$values);
    same([], Db::getInstance()->executeS("SELECT name FROM sqlite_master WHERE name LIKE '%shopsync%'"));
}

function test_installing_again_over_an_older_copy_keeps_what_waits()
{
    shop()->hookActionObjectOrderAddAfter(['object' => record(7)]);
    shop();
    same(['order 7 created'], noted());
}

function test_the_settings_are_saved_and_the_secret_is_never_shown()
{
    shop();
    $page = page(['submitShopsync' => '1', 'SHOPSYNC_ADDRESS' => ' https://s.test/webhooks/prestashop/one ', 'SHOPSYNC_SECRET' => 'hush hush']);
    same('https://s.test/webhooks/prestashop/one', Configuration::$values['SHOPSYNC_ADDRESS']);
    same('hush hush', Configuration::$values['SHOPSYNC_SECRET']);
    same(false, strpos($page, 'hush'));
    same(true, strpos($page, '<ok>Saved.</ok>') === 0);
    same(true, strpos($page, '<deliveries>') !== false);
}

function test_an_empty_secret_keeps_the_old_one()
{
    shop();
    page(['submitShopsync' => '1', 'SHOPSYNC_ADDRESS' => 'https://s.test/webhooks/prestashop/one', 'SHOPSYNC_SECRET' => '']);
    same(SECRET, Configuration::$values['SHOPSYNC_SECRET']);
}

function test_an_address_or_secret_that_cannot_work_is_refused()
{
    shop();
    $before = Configuration::$values;
    $bad = ['', 'https://s.test/webhooks/odoo/one', 'ftp://s.test/webhooks/prestashop/one', 'https://u:p@s.test/webhooks/prestashop/one', 'https://s.test/webhooks/prestashop/one?x=1', 'https://s.test/webhooks/prestashop/'];
    foreach ($bad as $address) {
        $page = page(['submitShopsync' => '1', 'SHOPSYNC_ADDRESS' => $address, 'SHOPSYNC_SECRET' => 'new']);
        same(0, strpos($page, '<error>'), $address);
    }
    foreach (['whsec_***', 'whsec_', 'a<b'] as $secret) {
        $page = page(['submitShopsync' => '1', 'SHOPSYNC_ADDRESS' => 'https://s.test/webhooks/prestashop/one', 'SHOPSYNC_SECRET' => $secret]);
        same(0, strpos($page, '<error>'), $secret);
    }
    same($before, Configuration::$values);
}

function test_http_is_saved_with_a_warning()
{
    shop();
    $page = page(['submitShopsync' => '1', 'SHOPSYNC_ADDRESS' => 'http://10.0.0.5:8000/webhooks/prestashop/one', 'SHOPSYNC_SECRET' => '']);
    same(0, strpos($page, '<warning>'));
}

function test_the_buttons_win_over_the_save_that_the_form_sends_with_them()
{
    $module = shop();
    $module->hookActionObjectOrderAddAfter(['object' => record(7)]);
    $module->deliver();
    $page = page(['submitShopsync' => '1', 'sendShopsync' => '1', 'SHOPSYNC_ADDRESS' => 'nonsense', 'SHOPSYNC_SECRET' => '']);
    same('<ok>sent=0, refused=0, failed=1, waiting=1</ok>', substr($page, 0, strpos($page, '</ok>') + 5));
    $page = page(['submitShopsync' => '1', 'testShopsync' => '1', 'SHOPSYNC_ADDRESS' => 'nonsense', 'SHOPSYNC_SECRET' => '']);
    same(2, substr_count($page, '<error>'), 'nobody is there');
}

function test_without_an_event_the_test_says_how_to_get_one()
{
    shop();
    same(0, strpos(page(['testShopsync' => '1']), '<warning>'));
}

function test_the_page_has_the_rows_and_the_timetable_s_address()
{
    $module = shop();
    $module->hookActionObjectOrderAddAfter(['object' => record(7)]);
    $page = page();
    $shown = Context::getContext()->smarty->assigned['shopsync'];
    same(1, $shown['waiting']);
    same(['order'], array_column($shown['tables'][1], 'entity_type'));
    same(false, $shown['at_once'], 'the command line cannot end a request early');
    same(true, strlen(Configuration::$values['SHOPSYNC_TOKEN']) === 32 && strpos($shown['cron'], Configuration::$values['SHOPSYNC_TOKEN']) > 0);
    same(true, is_file($shown['script']));
}

function test_a_server_that_cannot_end_a_request_early_sends_nothing_in_it_and_releases_the_row()
{
    $module = shop();
    $module->hookActionObjectOrderAddAfter(['object' => record(7)]);
    $module->deliver();
    same([0], column('attempts'));
    same(true, column('next_try')[0] <= time());
}

function test_the_request_ends_before_anything_is_sent_and_its_cookie_is_written_first()
{
    function fastcgi_finish_request()
    {
        same([0], column('attempts'), 'nothing was tried yet;');
        same(1, Cookie::$written);
        echo "request ended\n";
    }
    $module = shop();
    $module->hookActionObjectOrderAddAfter(['object' => record(7)]);
    same(0, Cookie::$written);
    $module->deliver();
    same([1], column('attempts'));
    same([], PrestaShopLogger::$lines);
    $module->hookActionObjectOrderAddAfter(['object' => record(8)]);
    $module->deliver();
    same([1, 0], column('attempts'), 'the service failed a moment ago;');
}

/** Calls the timetable's address, which ends the process; the test is good if it answers so. */
function timetable($token, $expected, $test)
{
    require dirname(__DIR__) . '/shopsync/controllers/front/cron.php';
    $controller = new ShopsyncCronModuleFrontController();
    $controller->module = new Shopsync();
    Tools::$posted = ['token' => $token];
    ob_start(function ($text) use ($expected, $test) {
        return $text === $expected ? "ok $test\n" : "answered: $text\n";
    });
    $controller->postProcess();
}

function test_the_timetable_s_address_refuses_another_token()
{
    shop();
    timetable('guess', 'wrong token', __FUNCTION__);
}

function test_without_a_token_the_timetable_s_address_refuses_everybody()
{
    shop();
    Configuration::$values['SHOPSYNC_TOKEN'] = '';
    timetable('', 'wrong token', __FUNCTION__);
}

function test_the_timetable_s_address_sends_what_waits()
{
    shop();
    timetable(Configuration::$values['SHOPSYNC_TOKEN'], 'sent=0, refused=0, failed=0, waiting=0', __FUNCTION__);
}
