#!/usr/bin/env bash
# uws-pack 20.0.8 (uWebSockets.js of about v20.49): `filter` is told +1 of every connection and -1 of every one that ends, except of those
# that became WebSockets: who counts connections with it counts each of them for ever.
#   a plain request on a connection that ends -> +1, -1
#   a WebSocket that opens and ends           -> +1
# The handler `close` of the WebSocket has to count its end. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts uws-pack@20.0.8 ws@8.18.0 >/dev/null 2>&1
cat > look.mjs <<'JS'
import { once } from 'node:events';
import http from 'node:http';
import * as uws from 'uws-pack';
import WebSocket from 'ws';

let told = [];
const port = await new Promise((resolve) => {
  uws.App()
    .filter((response, change) => { told.push(change); })
    .get('/plain', (response) => { response.end('ok'); })
    .ws('/socket', { close: () => { told.push('close'); } })
    .listen('127.0.0.1', 0, (socket) => resolve(uws.us_socket_local_port(socket)));
});
const quiet = () => new Promise((resolve) => { setTimeout(resolve, 500); });
const request = http.get({ port, path: '/plain', agent: new http.Agent({ keepAlive: false }) }, (response) => { response.resume(); });
await once(request, 'close');
await quiet();
console.log('plain:', told.join(' '));
told = [];
const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`);
await once(socket, 'open');
socket.close();
await once(socket, 'close');
await quiet();
console.log('WebSocket:', told.join(' '));
process.exit(0);
JS
node look.mjs | tee seen.txt
diff - seen.txt <<'TXT' && echo 'as found'
plain: 1 -1
WebSocket: 1 close
TXT
