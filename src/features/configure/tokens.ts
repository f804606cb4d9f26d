/** Install addresses that carry their configuration: `S-…` of ours, `D-…` of other servers. */
import { badToken } from '../../lib/install-token/bad-token.ts';
import { readInstallToken, TOKEN_PREFIX } from '../../lib/install-token/install-token.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import { LEGACY_PREFIX, readLegacyToken } from '../../lib/install-token/legacy-token.ts';
import type { JsonObject } from '../../lib/json/json-value.ts';
import { installedUserConfig } from '../../lib/user-config/user-config.ts';

export const PROFILE_PREFIX = 'U-';

export type SegmentKind = 'token' | 'legacy' | 'profile';

/** @throws AppError `config.bad-token` for a segment that begins like none of them */
export function segmentKind(segment: string): SegmentKind {
  if (segment.startsWith(TOKEN_PREFIX)) return 'token';
  if (segment.startsWith(PROFILE_PREFIX)) return 'profile';
  if (segment.startsWith(LEGACY_PREFIX)) return 'legacy';
  throw badToken('it begins with none of S-, U- and D-');
}

/**
 * The configuration of a token, in canonical form.
 * @param segment as sent: padding may be percent-encoded
 * @throws AppError `config.bad-token`; `config.invalid` for a wrong type in it
 */
export function readToken(segment: string, ring: KeyRing): JsonObject {
  const config = segment.startsWith(TOKEN_PREFIX)
    ? readInstallToken(segment, ring)
    : readLegacyToken(segment.replaceAll(/%3d/gi, '='), ring);
  return installedUserConfig(config);
}
