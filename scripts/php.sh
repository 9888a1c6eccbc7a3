#!/bin/sh
# PHP for the checks and tests of integrations/prestashop. Where there is none, it is installed if we may (root, Debian);
# else the PHP parts are left out with a word about it, except in CI (the variable CI is set), where that is a failure.
#   sh scripts/php.sh install    sh scripts/php.sh lint
set -eu
cd "$(dirname "$0")/.."

works() {
	php -r 'exit(extension_loaded("curl") && extension_loaded("pdo_sqlite") && extension_loaded("tokenizer") ? 0 : 1);' 2>/dev/null
}

missing() {
	echo "PHP with curl, pdo_sqlite and tokenizer is missing (Debian: php-cli php-curl php-sqlite3): $1" >&2
	test -z "${CI:-}"
}

install() {
	works && return
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		echo "installing PHP (php-cli php-curl php-sqlite3)"
		export DEBIAN_FRONTEND=noninteractive
		packages="-qq -o DPkg::Lock::Timeout=120 install --no-install-recommends -y php-cli php-curl php-sqlite3"
		# The list of packages is fetched only if the one at hand does not do.
		apt-get $packages >/dev/null 2>&1 || { apt-get -qq update && apt-get $packages >/dev/null; } || true
	fi
	works || missing "the tests of the shop module are skipped"
}

lint() {
	works || { missing "the shop module is not checked"; return; }
	find integrations/prestashop -name '*.php' -exec sh -c '
		for file; do php -d display_errors=stderr -l "$file" >/dev/null || exit 1; done' lint {} +
}

"$1"
