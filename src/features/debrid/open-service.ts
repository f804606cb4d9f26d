/** The server behind a service, asked in the name of one account. */
import type { Config } from '../../platform/config/config.ts';
import { proxyFor } from '../../platform/config/configured-sources.ts';
import type { Upstream, Upstreams } from '../../platform/upstream/upstream.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { MediaflowProxies } from './mediaflow/mediaflow-proxies.ts';
import { politenessOf } from './politeness.ts';
import type { RefusedAccounts } from './refused-accounts.ts';

/** What services are opened with. */
export interface DebridTools {
  readonly config: Config;
  readonly upstreams: Pick<Upstreams, 'open'>;
  readonly tokens: AccessTokens;
  readonly refused: RefusedAccounts;
  readonly mediaflow: MediaflowProxies;
}

/**
 * A service at the operator's address, which may be private.
 * @param account who pays for the calls: the account's key, or its token
 */
export function openHosted(
  service: string,
  base: string,
  account: string,
  { config, upstreams }: DebridTools,
): Upstream {
  return upstreams.open({
    ...politenessOf(service),
    name: service,
    credential: account,
    isPersonal: false,
    isAccount: true,
    proxyUrl: proxyFor(config, 'debrid', base, service),
    trustedOrigins: [new URL(base).origin],
  });
}

/** A service at an address that the user has entered: public, unless `FETCH_ALLOW_PRIVATE` has it. */
export function openPersonal(
  service: string,
  base: string,
  account: string,
  { config, upstreams }: DebridTools,
): Upstream {
  return upstreams.open({
    ...politenessOf(service),
    name: service,
    credential: `${base} ${account}`,
    isPersonal: true,
    proxyUrl: proxyFor(config, 'own', null, service),
  });
}
