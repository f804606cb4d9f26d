/** Values of the variables of sources that do not go together. */
import { StartError } from '../../lib/start-error.ts';
import { SERVICES } from '../../lib/user-config/services.ts';
import type { Config } from './config.ts';
import { configuredSources, PROXY_GROUPS } from './configured-sources.ts';

/** @throws StartError naming the variables, what was found and what is expected */
export function checkSourceCombinations(config: Config): void {
  checkPair('PROWLARR_URL', 'PROWLARR_API_KEY', config);
  checkPair('JACKETT_URL', 'JACKETT_API_KEY', config);
  checkDeadline('LIVE_SEARCH_DEADLINE_MS', config);
  checkDeadline('METADATA_DEADLINE_MS', config);
  checkProxyNames(config);
  if (
    config.MEDIAFUSION_SECRET_STR !== null &&
    config.MEDIAFUSION_URL === null &&
    config.IS_SCRAP_FROM_MEDIAFUSION !== true
  )
    throw new StartError(
      'MEDIAFUSION_SECRET_STR is set alone: expected MEDIAFUSION_URL, too, or neither',
    );
}

function checkPair(
  urlName: 'PROWLARR_URL' | 'JACKETT_URL',
  keyName: 'PROWLARR_API_KEY' | 'JACKETT_API_KEY',
  config: Config,
): void {
  if ((config[urlName] === null) === (config[keyName] === null)) return;
  const set = config[urlName] === null ? keyName : urlName;
  throw new StartError(`${set} is set alone: expected both ${urlName} and ${keyName}, or neither`);
}

function checkDeadline(
  name: 'LIVE_SEARCH_DEADLINE_MS' | 'METADATA_DEADLINE_MS',
  { [name]: deadlineMs, REQUEST_TIMEOUT_MS }: Config,
): void {
  if (deadlineMs < REQUEST_TIMEOUT_MS) return;
  throw new StartError(
    `${name}=${deadlineMs} is not valid: ` +
      `expected less than REQUEST_TIMEOUT_MS (${REQUEST_TIMEOUT_MS}), the deadline of the request that waits`,
  );
}

function checkProxyNames(config: Config): void {
  const services = SERVICES.filter(({ kind }) => kind !== 'p2p').map(({ service }) => service);
  const sources = configuredSources(config).map(({ name }) => name);
  const names = [...PROXY_GROUPS, ...services, ...sources];
  const unknown = config.REQUESTS_PROXY_EXCLUDE.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new StartError(
    `REQUESTS_PROXY_EXCLUDE names ${JSON.stringify(unknown.slice(0, 60))}, which is no source and no service: ` +
      'expected names among ' +
      [...new Set(names)].join(', '),
  );
}
