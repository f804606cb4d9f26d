/** The last guard of credentials: whatever a source says about itself or its failure passes through here. */
import type { SourceSettings } from './source-settings.ts';

const MASK = '***';
/** Shorter ones would mask words. */
const SECRET_CHARS_MIN = 4;

/** The text without any credential of this source that stands in it, plain or percent-encoded. */
export function withoutCredentials(text: string, settings: SourceSettings): string {
  return conceal(text, credentialsOf(settings));
}

/** The text without any of the secrets, plain or percent-encoded; the longest first: one may hold another. */
export function conceal(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= SECRET_CHARS_MIN)
    .toSorted((a, b) => b.length - a.length)
    .reduce(
      (masked, secret) =>
        masked.replaceAll(secret, MASK).replaceAll(encodeURIComponent(secret), MASK),
      text,
    );
}

function credentialsOf(settings: SourceSettings): readonly string[] {
  const { url } = settings;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const inUrl =
    parsed === null
      ? []
      : [
          decoded(parsed.username),
          decoded(parsed.password),
          ...parsed.searchParams.values(),
          ...(settings.kind === 'addon' ||
          settings.kind === 'torrentio' ||
          settings.kind === 'mediafusion'
            ? parsed.pathname.split('/')
            : []),
        ];
  const apiKey = 'apiKey' in settings ? [settings.apiKey] : [];
  const headers = 'headers' in settings ? Object.values(settings.headers) : [];
  return [...inUrl, ...apiKey, ...headers];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
