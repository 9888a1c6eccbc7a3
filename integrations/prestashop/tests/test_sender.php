<?php
/** What is posted, how it is signed, and when a flush ends. */

function filled($clock, $count)
{
    $outbox = request($clock);
    for ($id = 1; $id <= $count; ++$id) {
        $outbox->note('product', 'updated', $id);
    }
    $outbox->release();

    return $outbox;
}

function test_the_signature_is_the_fixed_vector_s()
{
    // The vector of the Standard Webhooks reference libraries.
    $headers = ShopsyncSignature::headers(SECRET, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}');
    same('webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=', $headers[3]);
    same('webhook-timestamp: 1614265330', $headers[2]);
}

function test_a_secret_without_prefix_signs_as_it_stands()
{
    same('plain secret', ShopsyncSignature::key('plain secret'));
    same('', ShopsyncSignature::key('whsec_'));
    same('', ShopsyncSignature::key('whsec_***'));
}

function test_the_body_is_what_the_door_takes()
{
    $row = ['id' => '3', 'event_id' => 'ps-1', 'entity_type' => 'customer', 'action_type' => 'updated', 'native_id' => '67', 'attempts' => '0'];
    same('{"event_id":"ps-1","entity_type":"customer","action_type":"updated","data":{"id":67}}', ShopsyncSender::body($row));
}

function test_a_flush_ends_at_its_number()
{
    $outbox = filled(new Clock(), 30);
    $service = new Service(202);
    same(20, sender($outbox, $service)->flush(20, 2)['sent']);
    same(10, $outbox->waiting());
}

function test_a_flush_ends_at_its_time_and_gives_no_post_more_than_is_left()
{
    $outbox = filled(new Clock(), 30);
    $service = new class(202) extends Service {
        public function __invoke($address, array $headers, $body, $milliseconds)
        {
            usleep(60000);

            return parent::__invoke($address, $headers, $body, $milliseconds);
        }
    };
    $started = microtime(true);
    $sent = sender($outbox, $service)->flush(20, 0.25)['sent'];
    same(true, $sent >= 1 && $sent <= 3 && microtime(true) - $started < 1.0, "$sent sent");
    same(true, max(array_column($service->posts, 'ms')) <= 250);
}

function test_a_flush_stops_at_the_first_failure_and_the_service_is_left_alone_for_a_minute()
{
    foreach ([0, 302, 401, 403, 404, 409, 429, 500, 503] as $status) {
        $clock = new Clock();
        Db::getInstance()->execute('DROP TABLE IF EXISTS ps_shopsync_outbox');
        $outbox = filled($clock, 3);
        $service = new Service($status);
        same(['sent' => 0, 'refused' => 0, 'failed' => 1], sender($outbox, $service)->flush(20, 2));
        same(1, count($service->posts), "status $status");
        same(true, $outbox->isPaused());
        $clock->now += 60;
        same(false, $outbox->isPaused());
    }
}

function test_what_the_service_will_never_take_is_given_up_at_once_and_holds_nothing_up()
{
    $outbox = filled(new Clock(), 3);
    same(['sent' => 2, 'refused' => 1, 'failed' => 0], sender($outbox, new Service(400, 202))->flush(20, 2));
    same(false, $outbox->isPaused());
    same(['answer 400'], array_column($outbox->newest(20, 'sent = 0 AND next_try = 0'), 'last_error'));
}

function test_the_way_is_tried_without_the_secret()
{
    $seen = [];
    $post = function ($address, array $headers, $body, $milliseconds) use (&$seen) {
        $seen[] = [$address, $headers, $body];

        return [200, 'there'];
    };
    (new ShopsyncSender(request(new Clock()), 'https://s.test/base/webhooks/prestashop/boutique/', SECRET, $post))->reach();
    same([['https://s.test/base/webhooks/test', [], null]], $seen);
}
