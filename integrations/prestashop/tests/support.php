<?php
/** What the tests are written with: a check, a shop with the module, an outbox with a clock of its own. */

function same($expected, $found, $what = '')
{
    if ($expected !== $found) {
        throw new Exception($what . ' expected ' . var_export($expected, true) . ', found ' . var_export($found, true));
    }
}

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** The module as installed and set up, posting to $address, where nobody listens unless told so. */
function shop($address = 'http://127.0.0.1:1/webhooks/prestashop/boutique')
{
    $module = new Shopsync();
    same(true, $module->install());
    Configuration::$values['SHOPSYNC_ADDRESS'] = $address;
    Configuration::$values['SHOPSYNC_SECRET'] = SECRET;

    return $module;
}

function record($id, array $fields = [])
{
    return (object) (['id' => $id] + $fields);
}

/** The rows as 'type id action', oldest first. */
function noted()
{
    $rows = Db::getInstance()->executeS('SELECT * FROM ps_shopsync_outbox ORDER BY id');

    return array_map(function ($row) {
        return $row['entity_type'] . ' ' . $row['native_id'] . ' ' . $row['action_type'];
    }, $rows);
}

function column($name)
{
    return array_map('intval', array_column(Db::getInstance()->executeS('SELECT * FROM ps_shopsync_outbox ORDER BY id'), $name));
}

/** A clock that stands still until told to go on. */
class Clock
{
    public $now = 1700000000;

    public function __invoke()
    {
        return $this->now;
    }
}

/** Another request of the same shop: its own outbox over the same table. */
function request(Clock $clock)
{
    $outbox = new ShopsyncOutbox(Db::getInstance(), 'ps_shopsync_outbox', $clock);
    $outbox->install('InnoDB');

    return $outbox;
}

/** A service that answers with the statuses in their order, the last one for ever, and keeps what came. */
class Service
{
    public $posts = [];
    private $statuses;

    public function __construct(...$statuses)
    {
        $this->statuses = $statuses;
    }

    public function __invoke($address, array $headers, $body, $milliseconds)
    {
        $this->posts[] = ['body' => json_decode($body, true), 'raw' => $body, 'headers' => $headers, 'ms' => $milliseconds];
        $status = count($this->statuses) > 1 ? array_shift($this->statuses) : $this->statuses[0];

        return [$status, $status ? 'answer ' . $status : 'Connection refused'];
    }

    public function ids()
    {
        return array_map(function ($post) {
            return $post['body']['entity_type'] . ' ' . $post['body']['data']['id'];
        }, $this->posts);
    }
}

function sender(ShopsyncOutbox $outbox, Service $service)
{
    return new ShopsyncSender($outbox, 'https://service.test/webhooks/prestashop/boutique', SECRET, $service);
}
