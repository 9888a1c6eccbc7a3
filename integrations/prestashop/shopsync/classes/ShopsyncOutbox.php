<?php
/**
 * The events that wait to be sent and those that were: one table, one row per event. Times are Unix seconds.
 *
 * A row waits while `sent` is 0. It is due from `next_try` on; `next_try` 0 means given up. A new row is held until its
 * request has ended (a minute at most): a hook runs before the record is complete, and another request may be sending.
 */
class ShopsyncOutbox
{
    const HOLD_S = 60, PAUSE_S = 60, KEEP_S = 1209600;
    const FIRST_RETRY_S = 30, LONGEST_RETRY_S = 3600, MOST_ATTEMPTS = 60;
    const MOST_NOTED = 2000;
    const BULK = "'product', 'variant', 'stock', 'image', 'category'";

    private $db;
    private $table;
    private $clock;
    /** What this request has noted: 'type id' => [row id, when, action]. */
    private $noted = [];
    private $claimed = 0;

    /** $db: PrestaShop's Db. $clock() gives the time in seconds. */
    public function __construct($db, $table, $clock = 'time')
    {
        $this->db = $db;
        $this->table = '`' . $table . '`';
        $this->clock = $clock;
    }

    public function install($engine)
    {
        $sql = file_get_contents(__DIR__ . '/../sql/install.sql');

        return $this->run(strtr($sql, ['TABLE_NAME' => $this->table, 'ENGINE_NAME' => $engine]));
    }

    public function uninstall()
    {
        return $this->run("DROP TABLE IF EXISTS $this->table");
    }

    /** Stores an event, once per record and request: while its row is held, a second change needs no second row. */
    public function note($type, $action, $id)
    {
        $now = $this->now();
        $id = self::digits($id);
        $key = $type . ' ' . $id;
        // Half of the hold: past it, another request might be sending the row while we rely on it.
        if (isset($this->noted[$key]) && $now - $this->noted[$key][1] < self::HOLD_S / 2) {
            if ($action === 'deleted' && $this->noted[$key][2] !== 'deleted') {
                $this->run("UPDATE $this->table SET action_type = 'deleted' WHERE id = " . $this->noted[$key][0]);
                $this->noted[$key][2] = 'deleted';
            }

            return;
        }
        if (count($this->noted) >= self::MOST_NOTED) {
            $this->noted = []; // a long import; what is forgotten here is due when its minute is over
        }
        $event = 'ps-' . bin2hex(random_bytes(16));
        $this->run("INSERT INTO $this->table (event_id, entity_type, action_type, native_id, created, next_try)
            VALUES ('$event', '$type', '$action', '$id', $now, $now + " . self::HOLD_S . ')');
        $this->noted[$key] = [(int) $this->db->Insert_ID(), $now, $action];
    }

    /** The request has ended: what it noted is due. */
    public function release()
    {
        if ($this->noted) {
            $ids = implode(', ', array_column($this->noted, 0));
            $this->noted = [];
            $this->run("UPDATE $this->table SET next_try = {$this->now()} WHERE attempts = 0 AND id IN ($ids)");
        }
    }

    /** Rows to send now: of each record the newest, orders and customers before the catalogue, then the oldest first. */
    public function due($most)
    {
        return $this->rows("SELECT waiting.* FROM $this->table waiting
            JOIN (SELECT MAX(id) AS newest, MIN(id) AS oldest FROM $this->table
                WHERE sent = 0 AND next_try BETWEEN 1 AND {$this->now()} GROUP BY entity_type, native_id) due
            ON due.newest = waiting.id
            ORDER BY waiting.entity_type IN (" . self::BULK . '), due.oldest LIMIT ' . (int) $most);
    }

    /** Counts the attempt before it is made, whatever becomes of us; false if another process has taken the row. */
    public function claim(array $row)
    {
        $this->claimed = $this->now();
        $attempts = $row['attempts'] + 1;
        $next = $attempts < self::MOST_ATTEMPTS ? $this->claimed + self::delay($attempts) : 0;
        $this->run("UPDATE $this->table SET attempts = $attempts, next_try = $next WHERE id = " . (int) $row['id']
            . ' AND sent = 0 AND attempts = ' . (int) $row['attempts']);

        return (int) $this->db->Affected_Rows() === 1;
    }

    /** Seconds until the next attempt: 30, 60, 120 … an hour. Sixty attempts take two days and a quarter. */
    public static function delay($attempts)
    {
        return (int) min(self::LONGEST_RETRY_S, self::FIRST_RETRY_S * pow(2, $attempts - 1));
    }

    /** Ends the row and the record's older ones, except one that became due since it was claimed: it may tell of more. */
    public function sent(array $row, $status)
    {
        $now = $this->now();
        $this->run("UPDATE $this->table SET sent = $now, tried = $now, last_error = '', last_status = " . (int) $status . "
            WHERE sent = 0 AND id <= " . (int) $row['id'] . " AND entity_type = '{$row['entity_type']}'
            AND native_id = '" . self::digits($row['native_id']) . "' AND (attempts > 0 OR next_try < " . $this->claimed . ')');
    }

    /** An id, or an image's with its product, "8/24"; nothing else gets into a statement. */
    private static function digits($id)
    {
        return preg_replace('~[^0-9/]~', '', (string) $id);
    }

    /** $final: the service will never take it. Otherwise it is tried again, at the time that `claim` wrote. */
    public function failed(array $row, $status, $error, $final)
    {
        // ASCII: an old connection's character set refuses more, and then the failure would not be noted at all.
        $text = $this->db->escape(substr(preg_replace('/[^\x20-\x7e]+/', ' ', $error), 0, 255), true);
        $this->run("UPDATE $this->table SET tried = {$this->now()}, last_status = " . (int) $status . ", last_error = '$text'"
            . ($final ? ', next_try = 0' : '') . ' WHERE sent = 0 AND id = ' . (int) $row['id']);
    }

    /** Whether the service failed a moment ago: then no visitor's process is spent on it. */
    public function isPaused()
    {
        return (bool) $this->newest(1, 'sent = 0 AND next_try > 0 AND tried > ' . ($this->now() - self::PAUSE_S));
    }

    /** Everything that failed is due at once, given up or not. */
    public function retry()
    {
        $this->run("UPDATE $this->table SET attempts = 0, next_try = {$this->now()}
            WHERE sent = 0 AND (attempts > 0 OR next_try = 0)");
    }

    public function prune()
    {
        $this->run("DELETE FROM $this->table WHERE created < " . ($this->now() - self::KEEP_S));
    }

    public function newest($most, $where = '1 = 1')
    {
        return $this->rows("SELECT * FROM $this->table WHERE $where ORDER BY id DESC LIMIT " . (int) $most);
    }

    public function waiting()
    {
        return (int) $this->rows("SELECT COUNT(*) AS n FROM $this->table WHERE sent = 0 AND next_try > 0")[0]['n'];
    }

    private function now()
    {
        return (int) call_user_func($this->clock);
    }

    private function run($sql)
    {
        if (!$this->db->execute($sql, false)) { // PrestaShop's Db throws in developer mode only
            throw new RuntimeException('the outbox could not be written: ' . $this->db->getMsgError());
        }

        return true;
    }

    private function rows($sql)
    {
        return $this->db->executeS($sql, true, false) ?: [];
    }
}
