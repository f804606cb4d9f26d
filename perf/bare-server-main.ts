/** Runs a bare server as a process of its own: `node bare-server-main.js <answer.json> <port>`. */
import { readFileSync } from 'node:fs';
import { startBareServer } from './bare-server.ts';

const [, , file = '', port = '0'] = process.argv;
const answer = JSON.parse(readFileSync(file, 'utf8')) as {
  body: string;
  headers: [string, string][];
  status?: string;
};
const server = await startBareServer(
  Buffer.from(answer.body, 'base64'),
  answer.headers,
  Number(port),
  answer.status,
);
process.once('SIGTERM', () => server.close());
