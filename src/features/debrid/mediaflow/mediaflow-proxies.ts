/** The MediaFlow proxies of users: calls to services through them, the address that services see, and tests of both. */
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { textOf } from '../../../lib/json/json-fields.ts';
import { isJsonObject, type JsonValue } from '../../../lib/json/json-value.ts';
import type { MediaflowProxy } from '../../../lib/mediaflow/mediaflow-proxy.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type { Config } from '../../../platform/config/config.ts';
import { proxyFor } from '../../../platform/config/configured-sources.ts';
import { createAddressGuard } from '../../../platform/fetch/address-guard.ts';
import type {
  Upstream,
  UpstreamAnswer,
  UpstreamSpec,
  Upstreams,
} from '../../../platform/upstream/upstream.ts';
import { debridFailure } from '../failures.ts';
import type { Politeness } from '../politeness.ts';
import { ForwardedUpstream } from './forwarded-upstream.ts';

export interface MediaflowReport {
  readonly isWorking: boolean;
  /** One line, without the password. */
  readonly message: string;
}

const KNOWN_MAX = 2000;
/** Home connections get a new address now and then. */
const ADDRESS_HOLDS_MS = 600_000;
/** Then it may have been updated. */
const LACKING_HOLDS_MS = 3600 * 1000;
const CALL_TIMEOUT_MS = 10_000;
const CALL_LIFETIME_MS = 3600 * 1000;
const ANSWER_BYTES_MAX = 64 * 1024;
const OWN: Politeness = { callsPerMinute: 120, burst: 20, concurrencyMax: 4 };
const PUBLIC = createAddressGuard([]);
const REFUSED: ReadonlySet<number> = new Set([401, 403]);
/** What `/proxy/forward` says to a call that names no destination, where there is one. */
const HTTP_UNPROCESSABLE = 422;

export class MediaflowProxies {
  readonly #config: Config;
  readonly #upstreams: Pick<Upstreams, 'open'>;
  readonly #guard;
  readonly #addresses = new LRUCache<string, string>({ max: KNOWN_MAX, ttl: ADDRESS_HOLDS_MS });
  /** Proxies of versions that forward no calls. */
  readonly #lacking = new LRUCache<string, true>({ max: KNOWN_MAX, ttl: LACKING_HOLDS_MS });

  constructor(config: Config, upstreams: Pick<Upstreams, 'open'>) {
    this.#config = config;
    this.#upstreams = upstreams;
    this.#guard = createAddressGuard(config.FETCH_ALLOW_PRIVATE);
  }

  /** `spec`, through the proxy where it is a service everybody has; a user's own servers are asked directly. */
  open(proxy: MediaflowProxy, spec: UpstreamSpec): Upstream {
    const direct = this.#upstreams.open(spec);
    if (spec.isPersonal || !this.#isReachable(proxy)) return direct;
    return new ForwardedUpstream({
      name: spec.name,
      proxy,
      way: this.#way(proxy, spec.credential, spec),
      direct,
      forwards: {
        isKnownNotTo: () => this.#lacking.has(proxy.base),
        doesNot: () => this.#lacking.set(proxy.base, true),
      },
    });
  }

  /**
   * What the service is told of who plays: the proxy's public address where the entry plays through one.
   * @param viewerIp public address of the viewer, who shares it with a proxy at home
   * @throws AppError `debrid.proxy-address`, `debrid.proxy-failed`
   */
  async addressFor(entry: ServiceEntry, viewerIp: string, signal: CancelSignal): Promise<string> {
    const { mediaflow: proxy, accountKey, service, name } = entry;
    if (proxy === null || service.kind !== 'debrid' || !this.#isReachable(proxy)) return viewerIp;
    const known = this.#addresses.get(accountKey);
    if (known !== undefined) return known;
    const answer = await this.#ask(proxy, accountKey, '/proxy/ip', signal).catch(
      (error: unknown) => {
        if (signal.aborted || !(error instanceof AppError)) throw error;
        throw debridFailure('debrid.proxy-failed', name, error.message);
      },
    );
    if (REFUSED.has(answer.status))
      throw debridFailure('debrid.proxy-failed', name, 'it does not accept its password');
    const address = addressIn(answer);
    if (address === null) throw debridFailure('debrid.proxy-address', name);
    this.#addresses.set(accountKey, address);
    return address;
  }

  /** Never rejects, except when `signal` aborts. */
  async test(proxy: MediaflowProxy, signal: CancelSignal): Promise<MediaflowReport> {
    if (!this.#isReachable(proxy)) return PRIVATE;
    try {
      const [address, forward] = [
        await this.#ask(proxy, 'test', '/proxy/ip', signal),
        await this.#ask(proxy, 'test', '/proxy/forward', signal),
      ];
      return reportOf(address, forward);
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      return { isWorking: false, message: error.message };
    }
  }

  /** Whether calls of ours may go there; a player may reach it all the same. */
  #isReachable({ host }: MediaflowProxy): boolean {
    return this.#guard.permitsHost(host);
  }

  #ask(
    proxy: MediaflowProxy,
    account: string,
    path: string,
    signal: CancelSignal,
  ): Promise<UpstreamAnswer> {
    return this.#way(proxy, account, OWN).request({
      url: proxy.address(path, {}, Date.now() + CALL_LIFETIME_MS),
      signal,
      timeoutMs: CALL_TIMEOUT_MS,
      bodyBytesMax: ANSWER_BYTES_MAX,
      isAnswer: () => true,
    });
  }

  #way(proxy: MediaflowProxy, account: string, politeness: Politeness): Upstream {
    const { callsPerMinute, burst, concurrencyMax } = politeness;
    return this.#upstreams.open({
      name: 'mediaflow',
      credential: `${proxy.base} ${account}`,
      callsPerMinute,
      burst,
      concurrencyMax,
      isPersonal: true,
      proxyUrl: proxyFor(this.#config, 'own', null, 'mediaflow'),
    });
  }
}

const PRIVATE: MediaflowReport = {
  isWorking: true,
  message:
    'a private address, which this server does not ask: films are played through it if your player reaches it; ' +
    'services are asked from this server',
};

function reportOf(address: UpstreamAnswer, forward: UpstreamAnswer): MediaflowReport {
  if (REFUSED.has(address.status))
    return { isWorking: false, message: 'MediaFlow does not accept the password' };
  const ip = addressIn(address);
  if (ip === null && isJsonObject(jsonOf(address)))
    return { isWorking: false, message: 'MediaFlow does not know its public address' };
  if (ip === null)
    return { isWorking: false, message: `this is no MediaFlow proxy (HTTP ${address.status})` };
  const how =
    forward.status === HTTP_UNPROCESSABLE
      ? 'services are asked through it'
      : 'it is older than 2.4.9, so that services are asked from this server';
  return { isWorking: true, message: `MediaFlow at ${ip}; ${how}` };
}

/** A public address; null for anything else. */
function addressIn(answer: UpstreamAnswer): string | null {
  const body = jsonOf(answer);
  const ip = isJsonObject(body) ? textOf(body['ip']) : '';
  return answer.status === 200 && PUBLIC.permits(ip, ip) ? ip : null;
}

function jsonOf({ bytes }: UpstreamAnswer): JsonValue | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonValue;
  } catch {
    return undefined;
  }
}
