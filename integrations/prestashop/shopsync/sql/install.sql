CREATE TABLE IF NOT EXISTS TABLE_NAME (
  `id` INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `event_id` VARCHAR(64) NOT NULL,
  `entity_type` VARCHAR(16) NOT NULL,
  `action_type` VARCHAR(8) NOT NULL,
  `native_id` VARCHAR(23) NOT NULL,
  `attempts` INT UNSIGNED NOT NULL DEFAULT 0,
  `created` INT UNSIGNED NOT NULL,
  `next_try` INT UNSIGNED NOT NULL,
  `tried` INT UNSIGNED NOT NULL DEFAULT 0,
  `sent` INT UNSIGNED NOT NULL DEFAULT 0,
  `last_status` INT UNSIGNED NOT NULL DEFAULT 0,
  `last_error` VARCHAR(255) NOT NULL DEFAULT '',
  KEY `waiting` (`sent`, `next_try`),
  KEY `record` (`entity_type`, `native_id`),
  KEY `created` (`created`)
) ENGINE=ENGINE_NAME DEFAULT CHARSET=utf8mb4
