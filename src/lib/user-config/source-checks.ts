/** What single fields of sources do not show: servers without an address, and headers that nothing can send. */
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';
import { headerProblem } from '../source-settings/request-headers.ts';
import type { ProblemList } from './problems.ts';
import { NEWS_SERVER } from './own-services.ts';
import { isMasked } from './secrets.ts';

/** @param config in canonical form */
export function checkSources(config: JsonObject, problems: ProblemList): void {
  checkNewsServers(config['sps'], problems);
  const indexers = config['ic'];
  if (!isJsonObject(indexers)) return;
  for (const key of ['pr', 'jk']) checkManager(indexers[key], `ic.${key}`, problems);
  const endpoints = indexers['tz'];
  if (!Array.isArray(endpoints)) return;
  (endpoints as readonly JsonValue[]).forEach((entry, index) => {
    if (isJsonObject(entry)) checkHeaders(entry['h'], `ic.tz[${index}].h`, problems);
  });
}

/** Other services take web addresses in the same field. */
function checkNewsServers(value: JsonValue | undefined, problems: ProblemList): void {
  if (!Array.isArray(value)) return;
  (value as readonly JsonValue[]).forEach((entry, index) => {
    if (!isJsonObject(entry) || entry['sv'] !== 'stremio_nntp') return;
    const { u } = entry;
    if (typeof u === 'string' && !isMasked(u) && !NEWS_SERVER.test(u))
      problems.add(`sps[${index}].u`, 'expected a news server: nntps://user:password@host:563/4');
  });
}

function checkManager(value: JsonValue | undefined, at: string, problems: ProblemList): void {
  if (!isJsonObject(value) || value['en'] !== true || value['ug'] !== false) return;
  const names = { u: 'the address', ak: 'the API key' } as const;
  for (const [key, name] of Object.entries(names))
    if (value[key] === undefined)
      problems.add(`${at}.${key}`, `is missing: expected ${name} of your own server`);
}

function checkHeaders(value: JsonValue | undefined, at: string, problems: ProblemList): void {
  if (!isJsonObject(value)) return;
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') continue;
    const problem = headerProblem(name, isMasked(text) ? '' : text);
    if (problem !== null) problems.add(`${at}.${name}`, problem);
  }
}
