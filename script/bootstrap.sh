# Sourced by script/server and script/test: a virtual environment with the locked packages.
# Usage: bootstrap <requirements file>...; the first whose packages are installed will do, and the
# first is installed where none is.

say() { printf '\033[1m→\033[0m %s\n' "$*" >&2; }
fail() { printf '\n\033[1;31m✗ %s\033[0m\n' "$1" >&2; shift; [ $# -eq 0 ] || printf '  %s\n' "$@" >&2; exit 1; }

find_python() {
  local candidate
  for candidate in "${YONGKE_PYTHON:-}" python3.11 python3.12 python3.13 python3 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  fail "Python 3.11 or newer is needed, and none was found on the PATH." \
    "Found: $(python3 --version 2>&1 || echo 'no python3 at all')." \
    "On Debian 12: apt-get install python3 python3-venv. Or name one: YONGKE_PYTHON=/path/to/python3.11"
}

make_environment() {
  local python=$1
  say "making the virtual environment with $("$python" --version)"
  rm -rf .venv
  "$python" -m venv .venv >/dev/null 2>&1 && return
  # Debian splits ensurepip off into a package of its own.
  rm -rf .venv
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing Debian's python3-venv, which this Python lacks"
    apt-get update -qq >&2 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >&2 || true
    "$python" -m venv .venv && return
  fi
  rm -rf .venv
  fail "This Python cannot make virtual environments." "On Debian: apt-get install python3-venv"
}

# pip's output becomes one line that counts, on a terminal; elsewhere it only goes to the log.
show_packages() {
  if [ -t 2 ]; then
    awk '/^Collecting /{ printf "\r  %d  %-60.60s", ++n, $2 > "/dev/stderr" }
      /^Installing collected/{ printf "\r  %-66s", "unpacking" > "/dev/stderr" }
      END { printf "\r%-70s\r", "" > "/dev/stderr" }'
  else
    cat >/dev/null
  fi
}

installed() { [ -x .venv/bin/python ] && [ -f ".venv/.installed-$(sha256sum <"$1" | cut -c1-16)" ]; }

bootstrap() {
  local file python
  for file in "$@"; do
    if installed "$file"; then return; fi
  done
  mkdir -p var
  # Two commands started at once must not install into one environment.
  exec 9>var/.bootstrap.lock
  if command -v flock >/dev/null; then flock 9; fi
  for file in "$@"; do
    if installed "$file"; then exec 9>&-; return; fi
  done
  if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(find_python) || exit 1
    make_environment "$python"
  fi
  say "installing the packages locked in $1 (the first time this downloads them)"
  .venv/bin/python -m pip install --disable-pip-version-check --no-input --progress-bar off \
    --require-hashes -r "$1" 2>&1 | tee var/install.log | show_packages || {
    grep -i error var/install.log | tail -5 >&2
    fail "The packages could not be installed (all of it: var/install.log)." \
      "Without a network: check the connection, the proxy (HTTPS_PROXY) or pip's own settings" \
      "(an internal mirror is named in pip.conf, never in this repository), then run this again."
  }
  rm -f .venv/.installed-*
  touch ".venv/.installed-$(sha256sum <"$1" | cut -c1-16)"
  exec 9>&-
}
