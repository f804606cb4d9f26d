/** One torrent by its infohash: what the first source that has it says of it. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { AppError } from '../../lib/errors.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { FoundRelease, TorrentLookup } from './contract.ts';
import type { Source } from './source.ts';

const TIMEOUT_MS = 10_000;
/** Of each import: every one is a call to somebody's server. */
const SOURCES_MAX = 8;

export class SourceTorrents implements TorrentLookup {
  readonly #sources: readonly Source[];
  readonly #logger: Logger;

  constructor(sources: readonly Source[], logger: Logger) {
    this.#sources = sources.filter(({ byInfohash }) => byInfohash !== undefined);
    this.#logger = logger;
  }

  async byInfohash(infohash: string, signal: CancelSignal): Promise<FoundRelease | null> {
    using deadline = new Deadline({ timeoutMs: TIMEOUT_MS, failure: late, parent: signal });
    let first: FoundRelease | null = null;
    const take = (releases: readonly FoundRelease[]) => {
      first ??= releases.find((release) => release.infohash === infohash) ?? null;
      if (first !== null) deadline.abort(new Error('another source has it'));
    };
    const asked = this.#sources.slice(0, SOURCES_MAX);
    await Promise.all(asked.map((source) => this.#ask(source, infohash, deadline.signal, take)));
    signal.throwIfAborted();
    return first;
  }

  async #ask(
    source: Source,
    infohash: string,
    signal: CancelSignal,
    found: (releases: readonly FoundRelease[]) => void,
  ): Promise<void> {
    try {
      await source.byInfohash?.(infohash, { signal, found });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof AppError)) throw error;
      const { id } = source;
      this.#logger.debug({ source: id, code: error.code }, 'a source names no torrent');
    }
  }
}

function late(): Error {
  return new Error('no source has answered in time');
}
