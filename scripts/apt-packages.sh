#!/usr/bin/env bash
# The Debian and Ubuntu packages that `make test` uses; the demo needs none but Python with venv and make.
#   apt-packages.sh          install what is missing when root; otherwise say the command; always ends well
#   apt-packages.sh --list   print the names, one a line
set -uo pipefail

packages=(
    python3-venv         # `make` builds .venv with it
    chromium             # reads every kind of page as a browser does
    iproute2             # `ip link`: brings up loopback in the network namespace that has no network
    util-linux           # `unshare`: makes that namespace
    postgresql           # the lake's catalogue, started by tests on loopback
    default-jre-headless # Java 17 or 21, for Spark
)

if [ "${1:-}" = "--list" ]; then
    printf '%s\n' "${packages[@]}"
    exit 0
fi
command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1 || exit 0

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null) || state=
    [ "${state%% *}" = "ii" ] || missing+=("$package")
done
# Any Python with venv will do, and any Java that Spark takes, wherever it came from.
keep=()
for package in ${missing[@]+"${missing[@]}"}; do
    case $package in
        python3-venv) python3 -c 'import ensurepip' 2>/dev/null && continue ;;
        default-jre-headless) java -version 2>&1 | grep -qE 'version "(17|21)\b' && continue ;;
    esac
    keep+=("$package")
done
[ ${#keep[@]} = 0 ] && exit 0

if [ "$(id -u)" != 0 ]; then
    echo "Some tests will be skipped. To run them all: sudo apt-get install --yes --no-install-recommends ${keep[*]}" >&2
    exit 0
fi
echo "Installing for the tests: ${keep[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install --yes --quiet --no-install-recommends "${keep[@]}" >/dev/null 2>&1; }
install || { apt-get update --quiet >/dev/null 2>&1 && install; } ||
    echo "Could not install ${keep[*]}; the tests that need them will be skipped." >&2
exit 0
