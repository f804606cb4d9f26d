/** `healthcheck`: asks the server with this configuration whether it runs, for containers, whose images have no curl. */
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { StartError } from '../lib/start-error.ts';
import type { Config } from '../platform/config/config.ts';
import { localUrl } from './local-url.ts';

const ANSWER_TIMEOUT_MS = 3_000;

/**
 * `/health`, not `/ready`: without its database a process still answers from its caches, and a restart would lose them.
 * @throws StartError when it is not answered with 200 within 3 s
 */
export async function checkHealth(config: Config): Promise<string> {
  if (config.PORT === 0)
    throw new StartError('PORT is 0: expected the port that the server listens on');
  const url = `${localUrl(config, config.PORT)}/health`;
  const status = await statusOf(url).catch((error: unknown) => {
    throw new StartError(
      `${url} does not answer: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  if (status !== 200) throw new StartError(`${url} answers ${status}: expected 200`);
  return `${url} answers 200`;
}

/** The certificate is for the public name, not for the address that is asked here. */
function statusOf(url: string): Promise<number> {
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const get = url.startsWith('https:') ? httpsGet : httpGet;
  return new Promise((resolve, reject) => {
    get(url, { agent: false, rejectUnauthorized: false, signal }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on('error', (error) =>
      reject(signal.aborted ? new Error(`nothing came within ${ANSWER_TIMEOUT_MS} ms`) : error),
    );
  });
}
