<?php
/** The table's promises: what is held, due, claimed, tried again, given up. */

function test_a_row_is_held_until_its_request_has_ended()
{
    $clock = new Clock();
    $first = request($clock);
    $second = request($clock);
    $first->note('order', 'created', 7);
    same([], $second->due(20));
    $first->release();
    same(1, count($second->due(20)));
}

function test_a_row_whose_request_died_is_due_after_a_minute()
{
    $clock = new Clock();
    request($clock)->note('order', 'created', 7);
    $clock->now += 59;
    same(0, count(request($clock)->due(20)));
    $clock->now += 1;
    same(1, count(request($clock)->due(20)));
}

function test_a_change_late_in_a_long_request_is_a_row_of_its_own()
{
    $clock = new Clock();
    $outbox = request($clock);
    $outbox->note('product', 'updated', 1);
    $clock->now += 29;
    $outbox->note('product', 'updated', 1);
    same(1, count(noted()));
    $clock->now += 1;
    $outbox->note('product', 'updated', 1);
    same(2, count(noted()));
}

function test_two_requests_two_rows_one_post()
{
    $clock = new Clock();
    foreach ([1, 2, 3] as $request) {
        $outbox = request($clock);
        $outbox->note('product', 'updated', 1);
        $outbox->release();
    }
    $clock->now += 1;
    $service = new Service(202);
    same(['sent' => 1, 'refused' => 0, 'failed' => 0], sender($outbox, $service)->flush(20, 2));
    same(['product 1'], $service->ids());
    same(0, $outbox->waiting());
}

function test_a_change_of_a_request_still_running_is_not_closed_by_an_earlier_one()
{
    $clock = new Clock();
    $running = request($clock);
    $running->note('product', 'updated', 1);
    $ended = request($clock);
    $ended->note('product', 'updated', 1);
    $ended->release();
    same(1, sender($ended, new Service(202))->flush(20, 2)['sent']);
    $running->release();
    same(1, count($running->due(20)), 'the service may have read before the running request was through');
}

function test_orders_and_customers_go_before_the_catalogue()
{
    $clock = new Clock();
    $outbox = request($clock);
    foreach (['product', 'stock', 'order', 'image', 'customer'] as $id => $type) {
        $outbox->note($type, 'updated', $id + 1);
    }
    $outbox->release();
    same(['order', 'customer', 'product', 'stock', 'image'], array_column($outbox->due(20), 'entity_type'));
}

function test_the_delay_doubles_from_half_a_minute_to_an_hour()
{
    same([30, 60, 120, 240, 480, 960, 1920, 3600, 3600], array_map('ShopsyncOutbox::delay', range(1, 9)));
    same(3600, ShopsyncOutbox::delay(59));
}

function test_a_failed_row_is_tried_again_when_its_delay_is_over_with_the_same_id_and_body()
{
    $clock = new Clock();
    $outbox = request($clock);
    $outbox->note('order', 'created', 7);
    $outbox->release();
    $service = new Service(503, 202);
    same(1, sender($outbox, $service)->flush(20, 2)['failed']);
    same([503], column('last_status'));
    $clock->now += 29;
    same([], $outbox->due(20));
    $clock->now += 1;
    same(1, sender($outbox, $service)->flush(20, 2)['sent']);
    same($service->posts[0]['raw'], $service->posts[1]['raw']);
    same($service->posts[0]['headers'][1], $service->posts[1]['headers'][1], 'webhook-id');
    same([2], column('attempts'));
    same([202], column('last_status'));
}

function test_a_row_is_given_up_after_sixty_attempts_and_send_now_takes_it_up_again()
{
    $clock = new Clock();
    $outbox = request($clock);
    $outbox->note('order', 'created', 7);
    $outbox->release();
    $service = new Service(0);
    for ($attempt = 0; $attempt < 70; ++$attempt) {
        sender($outbox, $service)->flush(20, 2);
        $clock->now += 3600;
    }
    same(60, count($service->posts));
    same(1, count($outbox->newest(20, 'sent = 0 AND next_try = 0')));
    same(0, $outbox->waiting());
    $outbox->retry();
    same(1, sender($outbox, new Service(202))->flush(20, 2)['sent']);
}

function test_send_now_leaves_what_is_held_alone()
{
    $outbox = request(new Clock());
    $outbox->note('order', 'created', 7);
    $outbox->retry();
    same([], $outbox->due(20));
}

function test_a_row_is_claimed_by_one_process()
{
    $clock = new Clock();
    $outbox = request($clock);
    $outbox->note('order', 'created', 7);
    $outbox->release();
    $row = $outbox->due(20)[0];
    same(true, $outbox->claim($row));
    same(false, request($clock)->claim($row));
}

function test_rows_are_forgotten_after_fourteen_days()
{
    $clock = new Clock();
    $outbox = request($clock);
    $outbox->note('order', 'created', 7);
    $clock->now += 14 * 86400;
    $outbox->note('order', 'created', 8);
    $outbox->prune();
    same(2, count(noted()));
    $clock->now += 1;
    $outbox->prune();
    same(['order 8 created'], noted());
}

function test_an_error_in_any_language_is_noted()
{
    $outbox = request(new Clock());
    $outbox->note('order', 'created', 7);
    $outbox->failed($outbox->newest(1)[0], 502, "C'est cassé \u{1F4A5} " . str_repeat('x', 400), false);
    $text = $outbox->newest(1)[0]['last_error'];
    same(0, strpos($text, "C'est cass "));
    same(255, strlen($text));
}

function test_a_long_import_keeps_a_bounded_memory_and_every_row()
{
    $outbox = request(new Clock());
    for ($id = 1; $id <= 2500; ++$id) {
        $outbox->note('product', 'updated', $id);
    }
    same(2500, count(noted()));
    $outbox->release();
    same(500, count($outbox->due(9999)), 'the first 2000 wait for the end of their minute');
}
