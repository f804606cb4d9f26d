/** Reading, analysing and importing one thing, as the API and the command line ask for it. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { holdsSecret, WITHOUT_SECRETS } from '../../lib/import-line/locator.ts';
import type { LineStream } from '../../lib/import-line/stream-line.ts';
import type { Fetcher } from '../../platform/fetch/fetcher.ts';
import type { PrivateLibrary } from '../private-streams/contract.ts';
import { analyse, type FullAnalysis } from './analyse.ts';
import type { Analysis, Brought, Ingest, TitleHint } from './contract.ts';
import { rowOf, sureTitle, type StreamImporter } from './importer.ts';
import { linkStream } from './readers/link.ts';
import { nzbStream } from './readers/nzb.ts';
import { torrentStream } from './readers/torrent.ts';
import type { TorrentMetadata } from './readers/torrent-metadata.ts';
import type { TitleFinder } from './title-finder.ts';

export interface IngestParts {
  readonly fetcher: Fetcher;
  readonly metadata: TorrentMetadata;
  readonly finder: TitleFinder;
  readonly importer: StreamImporter;
  readonly privateLibrary: PrivateLibrary;
}

export class IngestService implements Ingest {
  readonly #parts: IngestParts;

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  async read(brought: Brought, signal: CancelSignal): Promise<LineStream> {
    if ('link' in brought) {
      const { fetcher, metadata } = this.#parts;
      const stream = await linkStream(fetcher, brought.link, signal);
      return metadata.complete(stream, brought.accounts ?? [], signal);
    }
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
    refuseSecrets(stream);
    const analysis = await this.analyse(stream, hint, signal);
    await this.#parts.importer.import(analysis, hint, signal);
    return analysis;
  }

  async analysePrivately(
    stream: LineStream,
    hint: TitleHint,
    signal: CancelSignal,
  ): Promise<FullAnalysis> {
    const analysis = await this.analyse(stream, hint, signal);
    if (analysis.title === null || analysis.title.mediaId !== null) return analysis;
    return { ...analysis, links: [], unlinked: [], problem: TITLE_UNKNOWN };
  }

  async importPrivately(
    profileId: string,
    stream: LineStream,
    hint: TitleHint,
    signal: CancelSignal,
  ): Promise<Analysis> {
    refuseSecrets(stream);
    const analysis = await this.analysePrivately(stream, hint, signal);
    const { mediaId } = analysis.problem === TITLE_UNKNOWN ? UNKNOWN : sureTitle(analysis);
    if (mediaId === null) throw new AppError('import.no-title', TITLE_UNKNOWN);
    const brought = { mediaId, row: rowOf(analysis.stream), placements: analysis.links };
    await this.#parts.privateLibrary.add(profileId, brought, signal);
    return analysis;
  }
}

function refuseSecrets({ locator }: LineStream): void {
  if (!holdsSecret(locator)) return;
  throw new AppError(
    'import.bad-line',
    `the address has a key or a password in it: expected ${WITHOUT_SECRETS}`,
  );
}

/** The titles of the library are everybody's: one that is made for a profile would be shown to all. */
const TITLE_UNKNOWN =
  'no title is known by this, and an import for one profile makes none: name the id (imdb, tmdb) of one that is known';

const UNKNOWN = { mediaId: null };

/** What a `.torrent` file begins with: `d`. */
const DICTIONARY = 0x64;
