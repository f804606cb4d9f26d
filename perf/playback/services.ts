/** Three debrid services that answer for everybody what they have, and users of all three. */
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import type { JsonObject } from '../../src/lib/json/json-value.ts';
import { DebridCloud, type CloudTorrent } from '../../test/support/upstreams/debrid-cloud.ts';
import type { FakeUpstream, Script } from '../../test/support/upstreams/fake-upstream.ts';
import { startOffcloud } from '../../test/support/upstreams/offcloud.ts';
import { startPremiumize } from '../../test/support/upstreams/premiumize.ts';
import { startTorBox } from '../../test/support/upstreams/torbox.ts';
import { distinctConfigs, installTokens } from '../install-tokens.ts';

export const SERVICES = ['torbox', 'premiumize', 'offcloud'] as const;
export type ServiceName = (typeof SERVICES)[number];

const STARTS = { torbox: startTorBox, premiumize: startPremiumize, offcloud: startOffcloud };
const VARIABLES = {
  torbox: 'TORBOX_URL',
  premiumize: 'PREMIUMIZE_URL',
  offcloud: 'OFFCLOUD_URL',
};
/** Of a call, as in the field. */
export const CALL_MS = 100;

/** Every other torrent of the world is ready. */
class LargeCloud extends DebridCloud {
  override torrent(infohash: string): CloudTorrent {
    if (infohash === this.cached.infohash) return this.cached;
    const isCached = Number.parseInt(infohash.slice(-1), 16) % 2 === 0;
    return { ...this.cached, infohash, isCached };
  }
}

export class FakeServices implements AsyncDisposable {
  readonly cloud: DebridCloud;
  readonly #byName: ReadonlyMap<ServiceName, FakeUpstream>;
  readonly #stack: DisposeStack;

  private constructor(
    cloud: DebridCloud,
    byName: ReadonlyMap<ServiceName, FakeUpstream>,
    stack: DisposeStack,
  ) {
    this.cloud = cloud;
    this.#byName = byName;
    this.#stack = stack;
  }

  static async start(): Promise<FakeServices> {
    const cloud = new LargeCloud();
    const stack = new DisposeStack();
    const byName = new Map<ServiceName, FakeUpstream>();
    for (const name of SERVICES)
      byName.set(name, stack.use(await STARTS[name](cloud, { script: { latency: CALL_MS } })));
    return new FakeServices(cloud, byName, stack);
  }

  /** Of a server that asks these. */
  get environment(): Readonly<Record<string, string>> {
    const urls = [...this.#byName].map(([name, { url }]) => [VARIABLES[name], url]);
    return { ...Object.fromEntries(urls), FETCH_ALLOW_PRIVATE: '*.invalid' };
  }

  treat(name: ServiceName, script: Script): void {
    const upstream = this.#byName.get(name);
    if (upstream !== undefined) upstream.script = script;
  }

  /** `performance.now()` of each call so far. */
  callsOf(name: ServiceName): readonly number[] {
    return (this.#byName.get(name)?.asked ?? []).map(({ atMs }) => atMs);
  }

  /** Paths of installs (`/S-…`) of so many users, who have these services alike and whom they know. */
  installs(
    count: number,
    label: string,
    names: readonly ServiceName[] = SERVICES,
  ): readonly string[] {
    const configs = Array.from({ length: count }, (_, user): JsonObject => ({
      sps: this.#entries(names, `${label}-${user}`),
      mspr: 0,
    }));
    return pathsOf(configs);
  }

  /** As `installs`, with settings of their own each. */
  distinctInstalls(count: number, label: string): readonly string[] {
    const configs = distinctConfigs(count).map((config, user): JsonObject => ({
      ...config,
      sps: this.#entries(SERVICES, `${label}-${user}`),
    }));
    return pathsOf(configs);
  }

  /** Of an account at each. */
  #entries(names: readonly ServiceName[], user: string): JsonObject[] {
    return names.map((sv) => {
      const tk = `${user}-at-${sv}`;
      this.cloud.account(tk);
      return { sv, tk };
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack[Symbol.asyncDispose]();
  }
}

/** So many users who have none: players download by themselves. */
export function installsWithout(count: number): readonly string[] {
  return pathsOf(
    Array.from({ length: count }, (_, user) => ({
      sps: [{ sv: 'p2p', tk: `user-${user}` }],
      mspr: 0,
    })),
  );
}

function pathsOf(configs: readonly JsonObject[]): readonly string[] {
  return installTokens(configs).map((token) => `/${token}`);
}
