/** Takes in a table of the world's channels, from a file or an address. */
import { readFile, stat } from 'node:fs/promises';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { readKnownChannels } from '../../../lib/iptv/known-channels.ts';
import type { Fetcher } from '../../../platform/fetch/fetcher.ts';
import type { KnownChannels, KnownCounts } from '../contract.ts';
import type { KnownStore } from './store.ts';

/** The whole table has 12 MB. */
const BYTES_MAX = 64 * 2 ** 20;
const TIMEOUT_MS = 120_000;

export class KnownChannelImport implements KnownChannels {
  readonly #fetcher: Fetcher;
  readonly #store: KnownStore;

  constructor(fetcher: Fetcher, store: KnownStore) {
    this.#fetcher = fetcher;
    this.#store = store;
  }

  async run(source: string, signal: CancelSignal): Promise<KnownCounts> {
    const text = await this.#read(source, signal);
    const known = readKnownChannels(parsed(text));
    if (known === null)
      throw bad(
        'expected channels.json of the API of iptv-org: a list of id, name, alt_names, country',
      );
    const merged = await this.#store.replace(known, signal);
    const { channels, names, ambiguous } = known;
    return { channels: channels.length, names: names.length, ambiguous, merged };
  }

  async #read(source: string, signal: CancelSignal): Promise<string> {
    if (/^https?:\/\//i.test(source)) {
      const options = {
        signal,
        timeoutMs: TIMEOUT_MS,
        bodyBytesMax: BYTES_MAX,
        acceptsCompressed: true,
      };
      const { status, bytes } = await this.#fetcher.fetchBytes(source, options);
      if (status === 200) return Buffer.from(bytes).toString();
      throw bad(`the server answered ${status}`);
    }
    const { size } = await stat(source).catch(() => ({ size: -1 }));
    if (size < 0) throw bad('no such file');
    if (size > BYTES_MAX) throw bad(`it is larger than ${BYTES_MAX} bytes`);
    return await readFile(source, 'utf8');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw bad('it is no JSON');
  }
}

function bad(reason: string): AppError {
  return new AppError('iptv.bad-playlist', `the table of channels cannot be read: ${reason}`);
}
