#!/bin/sh
# Debian's own programs: Postfix and Dovecot for `make integration` and `make bench`, and with the
# argument `chromium` the browser in which the report is tested.
# Where they cannot be installed nothing fails here: whoever needs them says what is missing.
set -u

wanted=
if [ "${1:-}" = chromium ]; then
  command -v chromium >/dev/null 2>&1 || wanted=chromium
else
  [ -x /usr/sbin/postfix ] && [ -x /usr/sbin/dovecot ] && [ -x /usr/lib/dovecot/imap ] ||
    wanted='postfix dovecot-core dovecot-imapd'
fi
[ -n "$wanted" ] || exit 0
command -v apt-get >/dev/null 2>&1 || exit 0

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

echo "servers: installing $wanted"
as_root apt-get update -qq >/dev/null 2>&1
# shellcheck disable=SC2086  a list of names
as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends $wanted >/dev/null 2>&1 ||
  echo "servers: not installed; by hand: apt-get install $wanted"
exit 0
