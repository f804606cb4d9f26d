/** Links that are sent to viewers: an address and nothing else, without what opens the account. */
import type { JsonValue } from '../../lib/json/json-value.ts';
import { textOf } from '../../lib/json/json-fields.ts';
import type { ServiceEntry } from '../../lib/user-config/own-services.ts';
import type { DirectLink } from './contract.ts';
import { debridFailure } from './failures.ts';
import { packedAccessToken } from './packed-token.ts';

const LINK_CHARS_MAX = 4096;
/** Shorter parts of a credential stand in many addresses by chance. */
const SECRET_CHARS_MIN = 8;

/**
 * @param value what the service has sent
 * @throws AppError `debrid.bad-answer` for anything but an http(s) address without the account's credentials
 */
export function directLink(
  value: JsonValue | undefined,
  entry: ServiceEntry,
  expiresAtMs: number | null = null,
): DirectLink {
  const fail = (detail: string) => debridFailure('debrid.bad-answer', entry.service.name, detail);
  const text = textOf(value);
  if (text.length > LINK_CHARS_MAX || !/^https?:\/\//i.test(text) || !URL.canParse(text))
    throw fail('no link where one was expected');
  // As it is parsed, nothing in it can end a header line.
  const url = new URL(text).href;
  const plain = decoded(url);
  const secrets = entry.secrets().flatMap((secret) => partsOf(secret));
  if (secrets.some((secret) => url.includes(secret) || plain.includes(secret)))
    throw fail('its link holds the token of the account');
  return { url, expiresAtMs };
}

/** The credential, what it is packed around, and its part after a name: `store:token`. */
function partsOf(secret: string): readonly string[] {
  const last = secret.slice(secret.lastIndexOf(':') + 1);
  const packed = packedAccessToken(secret) ?? '';
  return [secret, ...[last, packed].filter((part) => part.length >= SECRET_CHARS_MIN)];
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
