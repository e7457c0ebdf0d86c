#!/bin/sh
# Make the virtual environment from requirements.lock. Needs Python 3.11 or 3.12 and no root.
set -eu
: "${PYTHON:=python3}" "${VENV:=.venv}"

"$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' || {
    echo "Lasting Homes needs Python 3.11 or 3.12; '$PYTHON' is $("$PYTHON" --version 2>&1)." >&2
    echo "Say which to use: make PYTHON=/path/to/python3.12 demo" >&2
    exit 1
}
if [ ! -x "$VENV/bin/pip" ]; then
    "$PYTHON" -m venv "$VENV" || {
        echo "Python's venv module could not make $VENV. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2
        exit 1
    }
fi
echo "Installing the pinned packages into $VENV (a minute or two the first time) …" >&2
"$VENV/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
"$VENV/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
