/** Runs the pipeline contender as a process of its own: `node pipeline-main.js <redis url> <port>`. */
import { startPipelineServer } from './pipeline-server.ts';

const [, , redisUrl = '', port = '0'] = process.argv;
const server = await startPipelineServer(redisUrl, Number(port));
process.once('SIGTERM', () => void server[Symbol.asyncDispose]());
