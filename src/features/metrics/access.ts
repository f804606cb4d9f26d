/** Who may read the metrics: whoever has the token; without one, whoever comes from a private address. */
import ipaddr from 'ipaddr.js';
import { AppError } from '../../lib/errors.ts';
import { bearerToken, SecretMatch } from '../../lib/secret-match.ts';

/** What of a request decides. */
export interface Scraper {
  /** `Authorization` header. */
  readonly authorization: string;
  readonly clientAddress: string;
  /** `X-Forwarded-For` and `Forwarded`, as they came. */
  readonly forwarded: string;
}

const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'carrierGradeNat',
  'linkLocal',
  'loopback',
  'private',
  'uniqueLocal',
]);

export class ScrapeAccess {
  readonly #token: SecretMatch | null;

  /** @param token null: private addresses */
  constructor(token: string | null) {
    this.#token = token === null ? null : new SecretMatch(token);
  }

  /** @throws AppError `metrics.unauthorized`, `metrics.private` */
  check(scraper: Scraper): void {
    if (this.#token === null) return checkAddress(scraper);
    if (!this.#token.matches(bearerToken(scraper.authorization)))
      throw new AppError('metrics.unauthorized', 'metrics need the header Authorization: Bearer …');
  }
}

/** Behind a proxy that is not trusted everybody has the proxy's address: whoever was forwarded by one is refused. */
function checkAddress({ clientAddress, forwarded }: Scraper): void {
  const isForwardedByAnyone = forwarded !== '' && !forwarded.includes(clientAddress);
  if (isForwardedByAnyone || !isPrivate(clientAddress))
    throw new AppError(
      'metrics.private',
      'without METRICS_BEARER_TOKEN metrics are for private addresses alone',
    );
}

function isPrivate(address: string): boolean {
  return ipaddr.isValid(address) && PRIVATE_RANGES.has(ipaddr.process(address).range());
}
