/** Who is compared: what each of them is, and where it answers a title for a user with some settings, or with none. */
import type { JsonObject } from '../../src/lib/json/json-value.ts';
import type { ServerProcess } from '../harness/server-process.ts';
import type { Target } from './options.ts';
import { pipelineToken } from './pipeline-settings.ts';
import { sdkToken } from './sdk-server.ts';

export interface Contender {
  readonly name: string;
  readonly description: string;
  /** Ours run for the comparison only; a target was there before and stays. */
  readonly server: ServerProcess | TargetServer;
  /** The first part of configured addresses; null where settings have no form that is known here. */
  readonly tokenOf: ((config: JsonObject, sealed: string) => string) | null;
}

export interface TargetServer {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Null: not known, so there is no CPU time. */
  readonly pid: number | null;
}

/** Without a slash at the end. */
export function baseUrlOf({ server }: Contender): string {
  return 'baseUrl' in server ? server.baseUrl : `http://127.0.0.1:${server.port}`;
}

export function sluiceContender(server: ServerProcess): Contender {
  return {
    name: 'sluice',
    description: 'this build, one api process, its memory cache warm',
    server,
    tokenOf: (_, sealed) => sealed,
  };
}

export function bareContender(server: ServerProcess): Contender {
  return {
    name: 'bare',
    description: "uWebSockets.js that answers the bytes of one of Sluice's answers to everything",
    server,
    tokenOf: (_, sealed) => sealed,
  };
}

export function sdkContender(server: ServerProcess): Contender {
  return {
    name: 'stremio-addon-sdk',
    description: 'finished objects from a Map; ignores settings, never compresses',
    server,
    tokenOf: sdkToken,
  };
}

export function pipelineContender(server: ServerProcess): Contender {
  return {
    name: 'pipeline',
    description: 'Redis, inflate, JSON.parse, filter and sort, JSON.stringify, gzip; on fastify',
    server,
    tokenOf: pipelineToken,
  };
}

export function targetContender({ name, baseUrl }: Target, pid: number | null): Contender {
  return {
    name,
    description: `${baseUrl}, asked without settings`,
    server: { baseUrl, pid },
    tokenOf: null,
  };
}
