#!/usr/bin/env bash
# Every check and test, in the order in which a failure is cheapest to find, with the minutes of each part.
set -uo pipefail
: "${VENV:=.venv}"
bin="$VENV/bin"
failed=()
summary=()

part() {
    local name=$1 started=$SECONDS status=0
    shift
    printf '\n== %s\n' "$name"
    "$@" || status=$?
    local spent=$((SECONDS - started))
    summary+=("$(printf '%-34s %3d:%02d  %s' "$name" $((spent / 60)) $((spent % 60)) "$([ $status = 0 ] && echo passed || echo FAILED)")")
    [ $status = 0 ] || failed+=("$name")
}

bash scripts/apt-packages.sh
part "lint (ruff)" "$bin/ruff" check .
part "format (ruff)" "$bin/ruff" format --check .
part "types (mypy)" "$bin/mypy"
part "SQL lint (sqlfluff)" "$bin/sqlfluff" lint --processes 2 dbt_project/models dbt_project/tests
part "tests (pytest, one end-to-end run)" "$bin/pytest" --cov --cov-report=term:skip-covered --durations=15

printf '\n== minutes of each part\n'
printf '%s\n' "${summary[@]}"
[ ${#failed[@]} = 0 ]
