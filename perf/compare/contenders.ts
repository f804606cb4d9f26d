/** Who is compared: what each of them is, and where it answers a title for a user with some settings, or with none. */
import type { JsonObject } from '../../src/lib/json/json-value.ts';
import type { Target } from './options.ts';
import { pipelineToken } from './pipeline-settings.ts';
import { sdkToken } from './sdk-server.ts';

export interface Contender {
  readonly name: string;
  readonly description: string;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Null: not known, so there is no CPU time. */
  readonly pid: number | null;
  /** The first part of configured addresses; null where settings have no form that is known here. */
  readonly tokenOf: ((config: JsonObject, sealed: string) => string) | null;
}

interface Running {
  readonly baseUrl: string;
  readonly pid: number;
}

export function sluiceContender({ baseUrl, pid }: Running): Contender {
  return { name: 'sluice', description: 'this build, one api process, L1 warm', baseUrl, pid, tokenOf: (_, sealed) => sealed };
}

export function sdkContender({ baseUrl, pid }: Running): Contender {
  return {
    name: 'stremio-addon-sdk', description: 'finished objects from a Map; ignores settings, never compresses', baseUrl, pid, tokenOf: sdkToken,
  };
}

export function pipelineContender({ baseUrl, pid }: Running): Contender {
  return {
    name: 'pipeline', description: 'Redis, inflate, JSON.parse, filter and sort, JSON.stringify, gzip; on fastify', baseUrl, pid,
    tokenOf: pipelineToken,
  };
}

export function bareContender({ baseUrl, pid }: Running): Contender {
  return { name: 'bare', description: 'uWebSockets.js answering the same bytes to everything', baseUrl, pid, tokenOf: (_, sealed) => sealed };
}

export function targetContender({ name, baseUrl }: Target, pid: number | null): Contender {
  return { name, description: `${baseUrl}, asked without settings`, baseUrl, pid, tokenOf: null };
}
