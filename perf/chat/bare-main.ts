/** The ceiling: uWebSockets.js that publishes what it is told, in an event of the same bytes as Sluice's, and does nothing else. */
import { loadUws } from '../../src/http/uws.ts';

const [, , port = '0', event = ''] = process.argv;
const [before = '', after = ''] = event.split('TEXT');
const uws = await loadUws({ UWS_HTTP_MAX_HEADERS_SIZE: '16384' });
const app = uws.App();
const nothing = () => undefined;
app.get('/ready', (response) => response.end(Buffer.from('ready'), false));
app.ws('/chat', {
  maxPayloadLength: 65_536,
  maxBackpressure: 131_072,
  idleTimeout: 60,
  sendPingsAutomatically: true,
  upgrade: (response, request, context) =>
    response.upgrade(
      {},
      request.getHeader('sec-websocket-key'),
      '',
      request.getHeader('sec-websocket-extensions'),
      context,
    ),
  open: (socket) => socket.subscribe('chat'),
  message: (_socket, message) => {
    const { text } = JSON.parse(Buffer.from(message).toString()) as { readonly text: string };
    app.publish('chat', Buffer.from(before + text + after), false);
  },
  ping: nothing,
  dropped: nothing,
  drain: nothing,
  close: nothing,
});
app.listen('127.0.0.1', Number(port), 0, (socket) => {
  if (socket === false) throw new Error(`port ${port} is taken`);
});
