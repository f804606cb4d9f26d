#!/usr/bin/env bash
# uws-pack 20.0.8 (uWebSockets.js of about v20.49): a request that is pipelined behind one whose answer comes later closes the
# connection, and with it go the finished answers to the requests before it when all came in one packet.
#   GET /now, GET /now, GET /now   -> 3 answers
#   GET /now, GET /later           -> 2 answers
#   GET /now, GET /later, GET /now -> closed with no byte, though the first answer was complete
# A client that pipelines (RFC 9112 section 9.3.2) must repeat all of them. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts uws-pack@20.0.8 >/dev/null 2>&1
cat > look.mjs <<'JS'
import net from 'node:net';
import * as uws from 'uws-pack';

const port = await new Promise((resolve) => {
  uws.App()
    .get('/now', (response) => { response.end('now'); })
    .get('/later', (response) => {
      let isGone = false;
      response.onAborted(() => { isGone = true; });
      setTimeout(() => { if (!isGone) response.cork(() => { response.end('later'); }); }, 50);
    })
    .listen('127.0.0.1', 0, (socket) => resolve(uws.us_socket_local_port(socket)));
});
const ask = (paths) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1');
  let text = '';
  const tell = (state) => resolve(`${paths.join(' ')}: ${text.split('HTTP/1.1 200').length - 1} answers, ${state}`);
  socket.on('data', (bytes) => { text += bytes; });
  socket.on('close', () => tell('closed'));
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
  setTimeout(() => { tell('open'); socket.destroy(); }, 2000);
});
for (const paths of [['/now', '/now', '/now'], ['/now', '/later'], ['/now', '/later', '/now']]) console.log(await ask(paths));
process.exit(0);
JS
node look.mjs | tee seen.txt
diff - seen.txt <<'TXT' && echo 'as found'
/now /now /now: 3 answers, open
/now /later: 2 answers, open
/now /later /now: 0 answers, closed
TXT
