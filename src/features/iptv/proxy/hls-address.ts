/**
 * Addresses below a viewer's own that stand for those of a provider, which are sealed in them. Their endings are what players
 * expect: those built on ffmpeg refuse segments with others.
 */
import { LRUCache } from 'lru-cache';
import { growsTo } from '../../../lib/reuse/growing-lru.ts';
import type { KeyRing } from '../../../lib/install-token/key-ring.ts';
import type { Linked } from '../../../lib/hls/relay.ts';
import { AppError } from '../../../lib/errors.ts';

export interface SealedAddress {
  readonly url: string;
  /** Whose headers it is asked with. */
  readonly sourceId: number;
  readonly what: Linked;
}

const CONTEXT = 'iptv proxied address';
/** Sealed and encoded it has to fit into a path. */
const URL_CHARS_MAX = 3000;
/** What was sealed stays as it was: players tell segments by their addresses, too. */
const KEPT_MAX = 20_000;
const ENDINGS = new Set([
  'ts',
  'm4s',
  'mp4',
  'm4a',
  'm4v',
  'aac',
  'ac3',
  'ec3',
  'mp3',
  'vtt',
  'webvtt',
  'cmfv',
  'cmfa',
  'key',
]);
const KINDS: Readonly<Record<Linked, string>> = { playlist: 'p', segment: 's', other: 'o' };

export class HlsAddresses {
  readonly #ring: KeyRing;
  readonly #kept = new LRUCache<string, string>(growsTo(KEPT_MAX));

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  /** `sealed/name.ts`. @throws AppError `iptv.source-failed` for an address that is too long */
  seal({ url, sourceId, what }: SealedAddress): string {
    const content = `${KINDS[what]} ${sourceId} ${url}`;
    const known = this.#kept.get(content);
    if (known !== undefined) return known;
    if (url.length > URL_CHARS_MAX)
      throw new AppError('iptv.source-failed', 'an address of the provider is too long');
    const sealed = this.#ring.seal(Buffer.from(content), CONTEXT).toString('base64url');
    const address = `${sealed}/${fileName(url, what)}`;
    this.#kept.set(content, address);
    return address;
  }

  /** Null for what was not sealed here. */
  open(sealed: string): SealedAddress | null {
    const opened = this.#ring.open(Buffer.from(sealed, 'base64url'), CONTEXT)?.toString() ?? '';
    const [, kind = '', sourceId = '', url = ''] = /^([pso]) (\d+) (.*)$/s.exec(opened) ?? [];
    const what = (Object.keys(KINDS) as Linked[]).find((one) => KINDS[one] === kind);
    return what === undefined ? null : { url, sourceId: Number(sourceId), what };
  }
}

function fileName(url: string, what: Linked): string {
  if (what === 'playlist') return 'index.m3u8';
  const [, ending = ''] =
    /\.([a-z0-9]{2,6})$/i.exec(URL.canParse(url) ? new URL(url).pathname : '') ?? [];
  if (ENDINGS.has(ending.toLowerCase())) return `part.${ending.toLowerCase()}`;
  return what === 'segment' ? 'part.ts' : 'part.key';
}
