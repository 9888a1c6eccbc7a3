<?php
/** As much of PrestaShop as the module touches. Db speaks to SQLite, so that the module's SQL really runs. */
define('_PS_VERSION_', '8.2.1');
define('_DB_PREFIX_', 'ps_');
define('_MYSQL_ENGINE_', 'InnoDB');
error_reporting(E_ALL);
set_error_handler(function ($level, $text, $file, $line) {
    throw new ErrorException($text, 0, $level, $file, $line);
});

class Db
{
    public static $statements = [];
    /** What every statement throws from now on. */
    public static $trouble;
    private static $instance;
    private $pdo;
    private $affected = 0;

    public static function getInstance()
    {
        return self::$instance ?: self::$instance = new Db();
    }

    private function __construct()
    {
        $this->pdo = new PDO('sqlite:' . (getenv('SHOPSYNC_DATABASE') ?: ':memory:'));
        $this->pdo->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
        $this->pdo->exec('PRAGMA synchronous = OFF');
    }

    public function execute($sql, $useCache = true)
    {
        $this->affected = $this->query($sql)->rowCount();

        return true;
    }

    public function executeS($sql, $array = true, $useCache = true)
    {
        return $this->query($sql)->fetchAll(PDO::FETCH_ASSOC);
    }

    public function Insert_ID()
    {
        return $this->pdo->lastInsertId();
    }

    public function Affected_Rows()
    {
        return $this->affected;
    }

    public function getMsgError()
    {
        return 'a database error';
    }

    public function escape($text, $html = false)
    {
        return str_replace("'", "''", $text);
    }

    private function query($sql)
    {
        self::$statements[] = $sql;
        if (self::$trouble) {
            throw self::$trouble;
        }

        return $this->pdo->query(self::translate($sql));
    }

    /** What SQLite does not know of MySQL's CREATE TABLE. */
    private static function translate($sql)
    {
        $sql = str_replace('INT UNSIGNED NOT NULL AUTO_INCREMENT', 'INTEGER', $sql);

        return preg_replace(['/,\s*KEY `\w+` \([^)]*\)/', '/\) ENGINE=.*/'], ['', ')'], $sql);
    }
}

class Configuration
{
    public static $values = [];

    public static function get($key)
    {
        return self::getGlobalValue($key);
    }

    public static function getGlobalValue($key)
    {
        return isset(self::$values[$key]) ? self::$values[$key] : false;
    }

    public static function updateGlobalValue($key, $value)
    {
        self::$values[$key] = $value;

        return true;
    }

    public static function deleteByName($key)
    {
        unset(self::$values[$key]);

        return true;
    }
}

class Tools
{
    public static $posted = [];

    public static function isSubmit($name)
    {
        return isset(self::$posted[$name]);
    }

    public static function getValue($name, $default = false)
    {
        return isset(self::$posted[$name]) ? self::$posted[$name] : $default;
    }

    public static function safeOutput($text)
    {
        return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
    }

    public static function getAdminTokenLite($tab)
    {
        return 'admin-token';
    }
}

class Validate
{
    public static function isEmail($email)
    {
        return (bool) filter_var($email, FILTER_VALIDATE_EMAIL);
    }
}

class Customer
{
    public static function customerExists($email, $returnId = false, $ignoreGuest = true)
    {
        return $email === 'front@example.test' ? 16 : 0;
    }
}

class StockAvailable
{
    public static function getStockAvailableIdByProductId($product, $combination = null, $shop = null)
    {
        return [$product, $combination, $shop] === [8, 0, '1'] ? 88 : 0;
    }
}

class Shop
{
    const CONTEXT_ALL = 4;

    public static function isFeatureActive()
    {
        return false;
    }
}

class PrestaShopLogger
{
    public static $lines = [];

    public static function addLog($text, $severity = 1)
    {
        self::$lines[] = $text;
    }
}

class AdminController
{
    public static $currentIndex = 'index.php?controller=AdminModules';
}

class HelperForm
{
    public $module;
    public $submit_action;
    public $currentIndex;
    public $token;
    public $default_form_language;
    public $fields_value;

    public function generateForm(array $forms)
    {
        return json_encode([$forms, $this->fields_value, $this->currentIndex, $this->token]);
    }
}

class Link
{
    public function getModuleLink($module, $controller, array $params, $ssl)
    {
        return 'https://shop.test/module/' . $module . '/' . $controller . '?' . http_build_query($params);
    }
}

class Smarty
{
    public $assigned = [];

    public function assign($name, $value)
    {
        $this->assigned[$name] = $value;
    }
}

class Cookie
{
    public static $written = 0;

    public function write()
    {
        ++self::$written;
    }
}

class Context
{
    public $cookie;
    public $smarty;
    public $link;
    private static $context;

    public static function getContext()
    {
        if (!self::$context) {
            self::$context = new Context();
            self::$context->cookie = new Cookie();
            self::$context->smarty = new Smarty();
            self::$context->link = new Link();
        }

        return self::$context;
    }
}

class Module
{
    public $name;
    public $tab;
    public $version;
    public $author;
    public $bootstrap;
    public $ps_versions_compliancy;
    public $displayName;
    public $description;
    public $confirmUninstall;
    public $registered = [];
    protected $context;

    public function __construct()
    {
        $this->context = Context::getContext();
    }

    public function install()
    {
        return true;
    }

    public function uninstall()
    {
        return true;
    }

    public function registerHook($hooks)
    {
        $this->registered = array_merge($this->registered, $hooks);

        return true;
    }

    public function l($text)
    {
        return $text;
    }

    public function display($file, $template)
    {
        return is_file(dirname($file) . '/' . $template) ? '<deliveries>' : 'no such template';
    }

    public function displayConfirmation($text)
    {
        return '<ok>' . $text . '</ok>';
    }

    public function displayWarning($text)
    {
        return '<warning>' . $text . '</warning>';
    }

    public function displayError($text)
    {
        return '<error>' . $text . '</error>';
    }
}

class ModuleFrontController
{
    public $module;
}
