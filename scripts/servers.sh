#!/bin/sh
# Real mail servers for `make integration` and `make bench`: Debian's Postfix and Dovecot.
# Where they cannot be installed nothing fails here: whoever needs them says what is missing.
set -u

[ -x /usr/sbin/postfix ] && [ -x /usr/sbin/dovecot ] && [ -x /usr/lib/dovecot/imap ] && exit 0
command -v apt-get >/dev/null 2>&1 || exit 0

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

echo "servers: installing postfix, dovecot-core and dovecot-imapd"
as_root apt-get update -qq >/dev/null 2>&1
as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends postfix dovecot-core dovecot-imapd >/dev/null 2>&1 ||
  echo "servers: not installed; by hand: apt-get install postfix dovecot-core dovecot-imapd"
exit 0
