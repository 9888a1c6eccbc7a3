<?php
/**
 * Runs tests: php run.php NAME. One name, one process, because constants and statics are a request's own.
 *
 * php run.php -- all of them, one process each.
 */
require __DIR__ . '/stubs.php';
require dirname(__DIR__) . '/shopsync/shopsync.php';
require __DIR__ . '/support.php';
foreach (glob(__DIR__ . '/test_*.php') as $file) {
    require $file;
}

if (isset($argv[1])) {
    $argv[1]();
    echo 'ok ', $argv[1], "\n";
    exit(0);
}
$failed = 0;
foreach (preg_grep('/^test_/', get_defined_functions()['user']) as $name) {
    $lines = [];
    exec(escapeshellarg(PHP_BINARY) . ' ' . escapeshellarg(__FILE__) . ' ' . $name . ' 2>&1', $lines, $code);
    $good = $code === 0 && end($lines) === 'ok ' . $name;
    echo $good ? 'ok ' . $name : 'FAILED ' . $name . "\n" . implode("\n", $lines), "\n";
    $failed += !$good;
}
echo $failed, " failed\n";
exit($failed ? 1 : 0);
