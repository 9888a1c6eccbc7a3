<?php
/** Standard Webhooks (https://www.standardwebhooks.com): the headers that prove who sent a body, and when. */
class ShopsyncSignature
{
    /** Header lines of one attempt. The id stays the same over attempts; $timestamp (seconds) is the attempt's own. */
    public static function headers($secret, $id, $timestamp, $body)
    {
        $digest = hash_hmac('sha256', $id . '.' . $timestamp . '.' . $body, self::key($secret), true);

        return [
            'Content-Type: application/json',
            'webhook-id: ' . $id,
            'webhook-timestamp: ' . $timestamp,
            'webhook-signature: v1,' . base64_encode($digest),
        ];
    }

    /** The bytes to sign with: `whsec_` and base64, or any text as it stands; '' if it cannot be used. */
    public static function key($secret)
    {
        return strpos($secret, 'whsec_') === 0 ? (string) base64_decode(substr($secret, 6), true) : $secret;
    }
}
