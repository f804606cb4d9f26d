/** Who may read the metrics: whoever has the token; without one, whoever comes from a private address. */
import { createHash, timingSafeEqual } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { AppError } from '../../lib/errors.ts';

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
  /** Hashed, so that both sides have one length and comparing takes one time. */
  readonly #tokenHash: Buffer | null;

  /** @param bearerToken null: private addresses */
  constructor(bearerToken: string | null) {
    this.#tokenHash = bearerToken === null ? null : hashOf(bearerToken);
  }

  /** @throws AppError `metrics.unauthorized`, `metrics.private` */
  check(scraper: Scraper): void {
    if (this.#tokenHash === null) return checkAddress(scraper);
    const [, token = ''] = /^Bearer +(\S+) *$/i.exec(scraper.authorization) ?? [];
    if (!timingSafeEqual(this.#tokenHash, hashOf(token)))
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

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
