/** Masking of configuration values in dumps and errors. */

/** What may be shown of a value: everything, a URL without its password, or nothing. */
export function maskValue(raw: string, mask: 'secret' | 'url' | undefined): string {
  if (mask === undefined) return JSON.stringify(raw);
  return mask === 'secret' ? '"***"' : JSON.stringify(maskUrl(raw));
}

/** Replaces the password (and secret-looking query values) of a URL; anything that is no URL is hidden whole. */
export function maskUrl(raw: string): string {
  if (!URL.canParse(raw)) return '***';
  const parsed = new URL(raw);
  if (parsed.password !== '') parsed.password = '***';
  for (const name of parsed.searchParams.keys()) {
    if (/pass|secret|token|key/i.test(name)) parsed.searchParams.set(name, '***');
  }
  return parsed.href;
}
