#!/usr/bin/env bash
# NZBGet 21.0+dfsg-2.1 (Debian 12), JSON-RPC: how `\uXXXX` in a string is read depends on the letter behind it.
#   "\u005b-720p"  -> "[-720p", as it should be
#   "\u005bBD"     -> U+00BD in place of the bracket: hexadecimal digits behind the four are read as well, the last byte is kept
#   "\u20ac"       -> U+00AC: of larger characters the last byte is kept
#   "€" as UTF-8   -> comes back whole
# So names and categories from writers that escape (Python's json.dumps) arrive changed. Send UTF-8. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
cd "$folder"
apt-get download -q nzbget=21.0+dfsg-2.1 >/dev/null 2>&1
dpkg -x nzbget_*.deb .
port=$((20000 + RANDOM % 20000))
cat > nzbget.conf <<CONF
MainDir=$folder/main
ControlIP=127.0.0.1
ControlPort=$port
ControlUsername=user
ControlPassword=pass
OutputMode=log
WriteLog=none
CONF
./usr/bin/nzbget -s -c "$folder/nzbget.conf" >server.log 2>&1 &
server=$!
trap 'kill "$server"; wait "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
rpc() { curl -sS -m 5 -u user:pass -d "$1" "http://127.0.0.1:$port/jsonrpc"; }
for _ in $(seq 50); do rpc '{"method":"version","params":[]}' >/dev/null 2>&1 && break; sleep 0.1; done
for text in 'sign \u005b-720p' 'letters \u005bBD' 'large \u20ac' 'plain €'; do
  rpc "{\"method\":\"writelog\",\"params\":[\"INFO\",\"$text\"]}" >/dev/null
done
rpc '{"method":"log","params":[0,50]}' | grep -oE '"(sign|letters|large|plain) [^"]*"' | tee seen.txt
diff - seen.txt <<'TXT' && echo 'as found'
"sign [-720p"
"letters \u00bdBD"
"large \u00ac"
"plain \u20ac"
TXT
