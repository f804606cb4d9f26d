#!/usr/bin/env bash
# uws-pack 20.0.8 (uWebSockets.js of about v20.49): `end(body, true)`, which asks to close the connection, writes its header line
# wherever the answer stands. After `write` that is between chunks of the body, where a chunk length has to be.
#   end('ab', true)             -> the client reads "ab"
#   write('a'), end('b', false) -> the client reads "ab"
#   write('a'), end('b', true)  -> the client reads "a" and a line that is no chunk: the body breaks off with an error
# Say `Connection: close` by writeHeader before the first write, and end with false. Fails when that changes.
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
    .get('/whole', (response) => { response.end('ab', true); })
    .get('/open', (response) => { response.write('a'); response.end('b', false); })
    .get('/closed', (response) => { response.write('a'); response.end('b', true); })
    .listen('127.0.0.1', 0, (socket) => resolve(uws.us_socket_local_port(socket)));
});
const body = (path) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1');
  let text = '';
  const tell = () => { socket.destroy(); resolve(JSON.stringify(text.slice(text.indexOf('\r\n\r\n') + 4))); };
  socket.on('data', (bytes) => { text += bytes; });
  socket.on('end', tell);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  setTimeout(tell, 1000);
});
for (const path of ['/whole', '/open', '/closed']) console.log(path, await body(path));
process.exit(0);
JS
node look.mjs | tee seen.txt
diff - seen.txt <<'TXT' && echo 'as found'
/whole "ab"
/open "1\r\na\r\n1\r\nb\r\n0\r\n\r\n"
/closed "1\r\naConnection: close\r\n\r\n1\r\nb\r\n0\r\n\r\n"
TXT
