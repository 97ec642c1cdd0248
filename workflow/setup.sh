# Makes .venv and installs the versions of requirements.lock; sourced by run_all.sh and run_tests.sh.

find_python() {
    local name
    for name in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do
        [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 || continue
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "reproduce: Python 3.11, 3.12 or 3.13 is needed and was not found. Install one, or name it with PYTHON=" >&2
    return 2
}

# is_set_up EXTRAS CHECKSUM: whether one set-up from these files had all of the extras.
is_set_up() {
    local mark extra had
    for mark in .venv/installed-*; do
        [ -f "$mark" ] && [ "$(cat "$mark")" = "$2" ] || continue
        had=",${mark#.venv/installed-},"
        for extra in ${1//,/ }; do
            [[ $had = *",$extra,"* ]] || continue 2
        done
        return 0
    done
    return 1
}

# set_up [EXTRAS]: does nothing where the same lock and extras are installed already.
set_up() {
    local extras="${1:-}" python mark wanted
    mark=".venv/installed-${extras:-plain}"
    wanted=$(cat requirements.lock setup.cfg pyproject.toml | cksum)
    is_set_up "$extras" "$wanted" && return 0
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        rm -rf .venv
        python=$(find_python)
        echo "reproduce: making .venv with $("$python" --version)" >&2
        "$python" -m venv .venv || {
            echo "reproduce: making .venv failed. On Debian and Ubuntu: apt-get install python3-venv" >&2
            rm -rf .venv
            return 2
        }
    fi
    echo "reproduce: installing the locked packages into .venv (about 2 minutes, 2 GB)" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --constraint requirements.lock --editable ".${extras:+[$extras]}" >&2
    echo "$wanted" >"$mark"
}
