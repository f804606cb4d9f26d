/** Pools of connections, one for each origin and way: what one way may reach, another does not share. */
import { LRUCache } from 'lru-cache';
import { Agent, type Dispatcher } from 'undici';
import type { AddressGuard } from './address-guard.ts';
import { guardedConnector } from './guarded-connector.ts';
import type { ResolveAll } from './guarded-lookup.ts';
import { oneAtATime } from './lookup-line.ts';
import { openProxy } from './proxy.ts';

/** By what way a call goes. Calls of different ways share neither connections nor places in the line for a host. */
export interface FetchRoute {
  /** Calls of one lane do not keep those of another from a host; `live` is for those that stay open. */
  readonly lane: 'shared' | 'personal' | 'live';
  /** As `openProxy` reads it; null: directly. */
  readonly proxyUrl: string | null;
  /** `http://nas.lan:9696`: the operator's own servers, which may be private. */
  readonly trustedOrigins: readonly string[];
}

export const LIVE: FetchRoute = { lane: 'live', proxyUrl: null, trustedOrigins: [] };
export const DIRECT: FetchRoute = { lane: 'shared', proxyUrl: null, trustedOrigins: [] };

export interface ConnectionPoolsOptions {
  readonly guard: AddressGuard;
  readonly resolve: ResolveAll;
  readonly connectTimeoutMs: number;
  /** Connections at a time to one origin. */
  readonly perHostMax: number;
  /** The same, of ways that have trusted origins. */
  readonly perTrustedHostMax: number;
  /** The same, of the lane `live`. */
  readonly perLiveHostMax: number;
}

/** Ways that are kept; each holds idle connections for a few seconds only. */
const ROUTES_MAX = 256;
const HEADER_BYTES_MAX = 16 * 1024;

interface Way extends AsyncDisposable {
  readonly agent: Agent;
}

export class ConnectionPools implements AsyncDisposable {
  readonly #options: ConnectionPoolsOptions;
  /** Names that users have entered may have name servers that never answer. */
  readonly #resolvers: Readonly<Record<FetchRoute['lane'], ResolveAll>>;
  readonly #ways: LRUCache<string, Way>;
  /** Also those that are closing. */
  readonly #open = new Set<Way>();

  constructor(options: ConnectionPoolsOptions) {
    this.#options = options;
    const { resolve } = options;
    this.#resolvers = { shared: resolve, live: resolve, personal: oneAtATime(resolve) };
    this.#ways = new LRUCache({ max: ROUTES_MAX, dispose: (way) => void this.#retire(way) });
  }

  /** @throws AppError `fetch.bad-url` for the address of a proxy that is none */
  dispatcher(route: FetchRoute): Dispatcher {
    const key = `${route.lane} ${route.proxyUrl ?? ''} ${route.trustedOrigins.join(' ')}`;
    const known = this.#ways.get(key);
    if (known !== undefined) return known.agent;
    const way = this.#connect(route);
    this.#open.add(way);
    this.#ways.set(key, way);
    return way.agent;
  }

  /** Ends connections at once; what is under way fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open].map((way) => way[Symbol.asyncDispose]()));
    this.#open.clear();
  }

  #connect({ lane, proxyUrl, trustedOrigins }: FetchRoute): Way {
    const { perHostMax, perTrustedHostMax, perLiveHostMax, ...options } = this.#options;
    const ownMax = lane === 'live' ? perLiveHostMax : perHostMax;
    const resolve = this.#resolvers[lane];
    const proxy = proxyUrl === null ? null : openProxy(proxyUrl, options.connectTimeoutMs);
    const agent = new Agent({
      connect: guardedConnector({ ...options, resolve, trustedOrigins, proxy }),
      connections: trustedOrigins.length === 0 ? ownMax : perTrustedHostMax,
      pipelining: 1,
      maxHeaderSize: HEADER_BYTES_MAX,
    });
    return {
      agent,
      async [Symbol.asyncDispose]() {
        await agent.destroy();
        await proxy?.[Symbol.asyncDispose]();
      },
    };
  }

  /** Lets calls that are under way end. */
  async #retire(way: Way): Promise<void> {
    await way.agent.close();
    await way[Symbol.asyncDispose]();
    this.#open.delete(way);
  }
}
