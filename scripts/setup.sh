#!/bin/sh
# Makes .venv with everything the program and its tests need, in a fresh clone on a bare machine.
# Run it again at any time: it does what is left to do, and nothing when nothing is.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
lock=requirements-dev.lock

say() { printf 'setup: %s\n' "$*"; }
complain() { printf 'setup: %s\n' "$*" >&2; }

# --- Is it all there already? ------------------------------------------------------------------
# Two stamps, each written last: what the lock asked for, and the program itself on top of it.
# The folder is part of both, since a virtual environment does not survive a move.

sources() {
    printf '%s\n' hatch_build.py pyproject.toml scripts/setup.sh
    find coalizione_mailer -name '*.po' | sort
}
fingerprint() { { pwd -P && cat "$@"; } | cksum; }
stamped() { [ -x "$venv/bin/python" ] && [ "$(cat "$venv/$1" 2>/dev/null)" = "$2" ]; }

libraries_print=$(fingerprint "$lock")
# shellcheck disable=SC2046  # our own file names: no spaces
program_print=$(fingerprint "$lock" $(sources))
if stamped .stamp-program "$program_print"; then
    exit 0
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What a command prints is shown only when it fails.
quietly() {
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 30 "$log" >&2
        complain "failed: $*"
        exit 1
    fi
}

# --- What the system must give -----------------------------------------------------------------

find_python() {
    for name in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$name"
            "$name" -c 'import ensurepip, venv' 2>/dev/null && return
        fi
    done
}

# The last one found: the one that can make virtual environments, if any can.
choose_python() { python=$(find_python | tail -n 1); }

loads() {
    "${python:-python3}" - "$1" <<'PROBE' 2>/dev/null
import ctypes, sys
name = sys.argv[1]
file = f"lib{name}.dylib" if sys.platform == "darwin" else f"lib{name}.so.0"
ctypes.CDLL(file)
PROBE
}

# Debian's names for what is missing. Without the subsetter all works, five times slower.
missing_packages() {
    if [ -z "$python" ]; then
        echo python3 python3-venv
    elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        case $python in
            python3.*) echo "$python-venv" ;;
            *) echo python3-venv ;;
        esac
    fi
    loads pango-1.0 || echo libpango-1.0-0
    loads pangoft2-1.0 || echo libpangoft2-1.0-0
}

missing_subsetter() { loads harfbuzz-subset || echo libharfbuzz-subset0; }

# Lists may be empty on a new machine and stale on an old one: they are fetched when it fails.
apt_install() {
    apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300"
    say "installing with apt: $*"
    # shellcheck disable=SC2086  # a command with its arguments
    $apt install --no-install-recommends "$@" >"$log" 2>&1 </dev/null ||
        { $apt update && $apt install --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null ||
        { complain "apt could not: $(grep -E '^E:' "$log" | head -n 1)"; return 1; }
}

# Sets as_root; false where apt is missing or not ours to use.
may_use_apt() {
    command -v apt-get >/dev/null 2>&1 || return 1
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        as_root='sudo -n'
        sudo -n true 2>/dev/null || return 1
    fi
}

install_missing() {
    wanted=$(missing_packages)
    slow=$(missing_subsetter)
    [ -n "$wanted$slow" ] && may_use_apt || return 0
    if [ -n "$wanted" ]; then
        # shellcheck disable=SC2086  # a list of packages
        apt_install $wanted || return 0
        choose_python
        # Ubuntu 22.04: the default Python is too old, a newer one stands beside it.
        [ -n "$python" ] || apt_install python3.11 python3.11-venv || return 0
        choose_python
    fi
    [ -z "$slow" ] || apt_install "$slow" || return 0
}

advise() {
    complain "missing: $1. Install what is missing, then run it again:"
    cat >&2 <<'ADVICE'
  Debian, Ubuntu  sudo apt install python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
  Fedora          sudo dnf install python3 pango harfbuzz
  macOS           brew install python pango
  Windows         install MSYS2 and, in its window, pacman -S mingw-w64-ucrt-x86_64-pango; then scripts\setup.ps1
Python must be 3.11 or newer (PYTHON=/path/to/python names one that is not found by itself).
ADVICE
    exit 1
}

choose_python
install_missing
still=$(missing_packages | tr '\n' ' ')
[ -z "$still" ] || advise "${still% }"
if [ -n "$(missing_subsetter)" ]; then
    complain "warning: libharfbuzz-subset is missing: letters will be made five times slower"
fi

# --- The virtual environment -------------------------------------------------------------------

if ! stamped .stamp-libraries "$libraries_print"; then
    say "making $venv with $("$python" -V)"
    # From nothing each time: an interrupted installation cannot be told from a good one.
    rm -rf "$venv"
    quietly "$python" -m venv "$venv"
    say "installing the libraries of $lock (about a minute)"
    quietly "$venv/bin/python" -m pip install --disable-pip-version-check --no-input \
        --require-hashes -r "$lock"
    printf '%s' "$libraries_print" >"$venv/.stamp-libraries"
fi

say "installing the program and its Italian catalogue"
quietly "$venv/bin/python" -m pip install --disable-pip-version-check --no-input \
    --no-deps --no-build-isolation --no-index -e .
printf '%s' "$program_print" >"$venv/.stamp-program"
say "done: $venv/bin/mailer --help"
