/** Reading, analysing and importing one thing, as the API and the command line ask for it. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { holdsSecret, WITHOUT_SECRETS } from '../../lib/import-line/locator.ts';
import type { LineStream } from '../../lib/import-line/stream-line.ts';
import type { Fetcher } from '../../platform/fetch/fetcher.ts';
import { analyse, type FullAnalysis } from './analyse.ts';
import type { Analysis, Brought, Ingest, TitleHint } from './contract.ts';
import type { StreamImporter } from './importer.ts';
import { linkStream } from './readers/link.ts';
import { nzbStream } from './readers/nzb.ts';
import { torrentStream } from './readers/torrent.ts';
import type { TitleFinder } from './title-finder.ts';

export interface IngestParts {
  readonly fetcher: Fetcher;
  readonly finder: TitleFinder;
  readonly importer: StreamImporter;
}

export class IngestService implements Ingest {
  readonly #parts: IngestParts;

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  async read(brought: Brought, signal: CancelSignal): Promise<LineStream> {
    if ('link' in brought) return linkStream(this.#parts.fetcher, brought.link, signal);
    const { bytes, filename, url } = brought;
    if (bytes[0] === DICTIONARY) return torrentStream(bytes);
    if (!/\.nzb$/i.test(filename)) return torrentStream(bytes);
    if (url === '')
      throw new AppError(
        'import.bad-line',
        'an NZB is downloaded by what plays it: expected the address where it can be had, too',
      );
    return nzbStream(bytes, url, filename);
  }

  analyse(stream: LineStream, hint: TitleHint, signal: CancelSignal): Promise<FullAnalysis> {
    const year = hint.year === 0 ? '' : ` ${hint.year}`;
    const named = stream.name === '' ? { ...stream, name: `${hint.name}${year}`.trim() } : stream;
    return analyse(this.#parts.finder, named, hint, signal);
  }

  async import(stream: LineStream, hint: TitleHint, signal: CancelSignal): Promise<Analysis> {
    if (holdsSecret(stream.locator))
      throw new AppError(
        'import.bad-line',
        `the address has a key or a password in it: expected ${WITHOUT_SECRETS}`,
      );
    const analysis = await this.analyse(stream, hint, signal);
    await this.#parts.importer.import(analysis, hint, signal);
    return analysis;
  }
}

/** What a `.torrent` file begins with: `d`. */
const DICTIONARY = 0x64;
