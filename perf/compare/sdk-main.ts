/** Runs the SDK contender as a process of its own: `node sdk-main.js <answers.json> <port>`. */
import { readFileSync } from 'node:fs';
import { startSdkServer, type SdkAnswers } from './sdk-server.ts';

const [, , file = '', port = '0'] = process.argv;
const server = await startSdkServer(
  JSON.parse(readFileSync(file, 'utf8')) as SdkAnswers,
  Number(port),
);
process.once('SIGTERM', () => void server[Symbol.asyncDispose]());
