/** Keys in addresses: Newznab and trackers put them into links, and links are stored and shown. */

/** Names of parameters. `i` and `r` are Newznab's user number and key. */
const SECRET_NAMES =
  'apikey|api_key|jackett_apikey|passkey|torrent_pass|torrentpass|authkey|rsskey|secret_key|token|user|username|password|uid|i|r';
/** Some servers write them behind an ampersand without a question mark. */
const SECRET_PARAMETER = new RegExp(`([?&;])(?:${SECRET_NAMES})=[^&;#]*`, 'gi');
/** Parameters that only trackers with accounts have. */
const PASSKEY = /[?&;](?:passkey|torrent_pass|torrentpass|authkey|rsskey)=/i;
/** Where a key was that did not stand in a parameter. */
const KEY_PLACE = '{key}';
/** Newznab's page for people, which wants a number of the user beside the key; its API wants the key alone. */
const NZB_PAGE = /\/getnzb\/([^/?#&]+?)(?:\.nzb)?(?=[?#&]|$)/i;
/** Shorter secrets are found in innocent words, too. */
const SECRET_CHARS_MIN = 6;

/** Whether an address is one user's own at a private tracker. */
export function hasPasskey(url: string): boolean {
  return PASSKEY.test(url);
}

/**
 * The address without user, password and keys. What remains of the secrets themselves, wherever it stands, is replaced by
 * `{key}`.
 */
export function withoutCredentials(url: string, secrets: readonly string[] = []): string {
  const bare = url.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#@]*@/i, '$1');
  const cleaned = bare
    .replaceAll(SECRET_PARAMETER, '$1')
    .replaceAll(/([?&;])[&;]+/g, '$1')
    .replace(/[?&;]+(?=#|$)/, '');
  return withoutSecrets(cleaned, secrets, KEY_PLACE);
}

/** Text with every occurrence of the secrets replaced, as they are and as they stand in addresses. */
export function withoutSecrets(
  text: string,
  secrets: readonly string[],
  replacement: string,
): string {
  let cleaned = text;
  for (const secret of secrets) {
    if (secret.length < SECRET_CHARS_MIN) continue;
    cleaned = cleaned.replaceAll(secret, replacement);
    cleaned = cleaned.replaceAll(encodeURIComponent(secret), replacement);
  }
  return cleaned;
}

/**
 * Addresses with the key in them again, the likeliest first: what `withoutCredentials` took out is put where the API expects
 * it. The address as it is where there is no key.
 * @param apiUrl of the indexer, as configured: the address of its API, or above it
 */
export function withApiKey(
  locator: string,
  { apiUrl, apiKey }: { readonly apiUrl: string; readonly apiKey: string },
): readonly string[] {
  if (apiKey === '') return [locator];
  const key = encodeURIComponent(apiKey);
  if (locator.includes(KEY_PLACE)) return [locator.replaceAll(KEY_PLACE, key)];
  const [address = '', ...fragment] = locator.split('#');
  const separator = address.includes('?') ? '&' : '?';
  const own = [`${address}${separator}apikey=${key}`, ...fragment].join('#');
  const id = NZB_PAGE.exec(address)?.[1];
  if (id === undefined) return [own];
  const api = apiUrl.replace(/[?#].*$/, '').replace(/(?:\/+api)?\/*$/, '/api');
  return [`${api}?t=get&id=${id}&apikey=${key}`, own];
}
