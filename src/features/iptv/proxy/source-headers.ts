/** What a source wants to hear from its player, as its list says (`#EXTVLCOPT`, headers behind a bar, `#KODIPROP`). */
import type { ChannelSource } from '../contract.ts';

export interface PlayerHeaders {
  /** Undefined: none is asked for. */
  readonly userAgent: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** `inputstream.adaptive.stream_headers=Name=Value&Name=Value`, values percent-encoded. */
const STREAM_HEADERS = /^inputstream\.adaptive\.(?:stream|common)_headers=(.*)$/i;
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** What a connection is made of is ours to say. */
const OWN: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'range',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
]);

export function playerHeaders({
  userAgent,
  referrer,
  properties,
}: Pick<ChannelSource, 'userAgent' | 'referrer' | 'properties'>): PlayerHeaders {
  const said = new Map<string, string>();
  for (const property of properties)
    for (const [name, value] of headersOf(property)) said.set(name, value);
  if (referrer !== '') said.set('referer', referrer);
  const agent = userAgent || said.get('user-agent') || undefined;
  said.delete('user-agent');
  const usable = [...said].filter(
    ([name, value]) => NAME.test(name) && VALUE.test(value) && !OWN.has(name),
  );
  return {
    userAgent: agent !== undefined && VALUE.test(agent) ? agent : undefined,
    headers: Object.fromEntries(usable),
  };
}

function headersOf(property: string): [string, string][] {
  const [, pairs = ''] = STREAM_HEADERS.exec(property.trim()) ?? [];
  return pairs.split('&').flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=');
    if (at < 1) return [];
    return [[pair.slice(0, at).trim().toLowerCase(), decoded(pair.slice(at + 1))]];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text).trim();
  } catch {
    return text.trim();
  }
}
