<?php
/** Posts what is due. Stops at the first sign that the service as a whole is not well: the rest would fail too. */
class ShopsyncSender
{
    const POST_MS = 2000, LEAST_MS = 100, MOST_TEXT = 255;
    /** Understood, and never to be taken. Anything else may be set right, and is sent again. */
    const FINAL_STATUSES = [400, 413, 415, 422];

    private $outbox;
    private $address;
    private $secret;
    private $post;

    /** $post(address, header lines, body or null, milliseconds) gives [status or 0, text or error]. */
    public function __construct(ShopsyncOutbox $outbox, $address, $secret, $post = ['ShopsyncSender', 'request'])
    {
        $this->outbox = $outbox;
        $this->address = $address;
        $this->secret = $secret;
        $this->post = $post;
    }

    /** How many were sent, refused for good, and failed for now. */
    public function flush($most, $seconds)
    {
        $end = microtime(true) + $seconds;
        $counts = ['sent' => 0, 'refused' => 0, 'failed' => 0];
        foreach ($this->outbox->due($most) as $row) {
            $left = (int) (($end - microtime(true)) * 1000);
            if ($left < self::LEAST_MS || $counts['failed']) {
                break;
            }
            if ($this->outbox->claim($row)) {
                ++$counts[$this->deliver($row, min($left, self::POST_MS))];
            }
        }

        return $counts;
    }

    /** Posts one row, whatever its state, and notes nothing; gives [status or 0, text or error]. */
    public function send(array $row, $milliseconds = self::POST_MS)
    {
        $body = self::body($row);
        $headers = ShopsyncSignature::headers($this->secret, $row['event_id'], time(), $body);

        return call_user_func($this->post, $this->address, $headers, $body, $milliseconds);
    }

    /** Whether the way to the service is free, without the secret; gives [status or 0, text or error]. */
    public function reach()
    {
        $address = preg_replace('#/webhooks/prestashop/[^/]+/?$#', '/webhooks/test', $this->address);

        return call_user_func($this->post, $address, [], null, self::POST_MS);
    }

    /** The same bytes on every attempt. */
    public static function body(array $row)
    {
        $outer = array_intersect_key($row, ['event_id' => 0, 'entity_type' => 0, 'action_type' => 0]);

        return json_encode($outer + ['data' => ['id' => ctype_digit($row['native_id']) ? (int) $row['native_id'] : $row['native_id']]]);
    }

    public static function request($address, array $headers, $body, $milliseconds)
    {
        static $curl = null; // kept, so that the posts of one flush share a connection
        $curl = $curl ?: curl_init();
        curl_reset($curl);
        $text = '';
        curl_setopt_array($curl, [
            CURLOPT_URL => $address,
            CURLOPT_HTTPHEADER => array_merge($headers, ['Expect:', 'User-Agent: shopsync-prestashop']),
            CURLOPT_CONNECTTIMEOUT_MS => $milliseconds,
            CURLOPT_TIMEOUT_MS => $milliseconds,
            CURLOPT_NOSIGNAL => true, // else a limit below a second ends at once where the system looks names up
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_SSL_VERIFYPEER => true,
            CURLOPT_SSL_VERIFYHOST => 2,
            CURLOPT_WRITEFUNCTION => function ($curl, $piece) use (&$text) {
                $text = substr($text . $piece, 0, self::MOST_TEXT);

                return strlen($piece);
            },
        ] + ($body === null ? [] : [CURLOPT_POSTFIELDS => $body]));

        return curl_exec($curl) ? [(int) curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $text] : [0, curl_error($curl)];
    }

    private function deliver(array $row, $milliseconds)
    {
        list($status, $text) = $this->send($row, $milliseconds);
        if ($status >= 200 && $status < 300) {
            $this->outbox->sent($row, $status);

            return 'sent';
        }
        $final = in_array($status, self::FINAL_STATUSES, true);
        $this->outbox->failed($row, $status, $text, $final);

        return $final ? 'refused' : 'failed';
    }
}
