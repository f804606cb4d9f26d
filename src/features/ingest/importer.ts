/** Brings one analysed stream into the library, and lets everybody know. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { LineStream } from '../../lib/import-line/stream-line.ts';
import { parseReleaseTitle } from '../../lib/release-title/parse.ts';
import { releaseRow, rowWithCodes } from '../../lib/stream/release-row.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';
import type { StreamImport, TitleAdoption, TitleListeners } from '../library/contract.ts';
import type { FullAnalysis } from './analyse.ts';
import { SURE, type TitleHint } from './contract.ts';
import { coversEpisode, episodesOfLink } from './linked-episodes.ts';
import { publicIdOfTitle, sketchOf } from './new-title.ts';
import type { IngestStore } from './store.ts';
import type { FoundTitle } from './title-finder.ts';

export interface ImporterParts {
  readonly store: IngestStore;
  readonly streams: StreamImport;
  readonly adoption: TitleAdoption;
  readonly audience: TitleListeners;
}

export class StreamImporter {
  readonly #parts: ImporterParts;

  constructor(parts: ImporterParts) {
    this.#parts = parts;
  }

  /**
   * Doing it again changes nothing.
   * @throws AppError `import.no-title` where it is not sure which title it is, `import.bad-line` where nothing says what it
   *   plays, `database.…`
   */
  async import(analysis: FullAnalysis, hint: TitleHint, signal: CancelSignal): Promise<number> {
    const title = sureTitle(analysis);
    const { store, streams, audience } = this.#parts;
    const mediaId = title.mediaId ?? (await this.#make(title, hint, signal));
    const { stream, links } = analysis;
    await streams.addStreams(mediaId, [{ row: rowOf(stream), placements: links }], signal);
    const episodes = links.flatMap(episodesOfLink);
    if (title.type === 'series') await streams.addEpisodes(mediaId, episodes, signal);
    const known = title.subject?.episodes ?? [];
    const changed = [
      ...episodes,
      ...known.filter((episode) => links.some((link) => coversEpisode(link, episode))),
    ];
    const ids = await store.idsOfTitle(mediaId, signal);
    await audience.announce({ titles: [{ ids, episodes: changed }] }, signal);
    return mediaId;
  }

  async #make(title: FoundTitle, hint: TitleHint, signal: CancelSignal): Promise<number> {
    const made = { ...hint, type: title.type, name: title.name };
    await this.#parts.adoption.adoptTitles([sketchOf(made)], signal);
    const id = { provider: 'sl', id: publicIdOfTitle(made) } as const;
    for (const one of [id, ...hint.ids]) {
      const mediaId = await this.#parts.store.titleById(title.type, one, signal);
      if (mediaId !== null) return mediaId;
    }
    throw new AppError('import.no-title', `${title.name} was not made: try again`);
  }
}

/** @throws AppError `import.no-title`, `import.bad-line` */
export function sureTitle({ title, alternatives, problem }: FullAnalysis): FoundTitle {
  if (title === null) throw new AppError('import.no-title', problem ?? 'no title is known');
  if (problem !== null) throw new AppError('import.bad-line', problem);
  if (title.confidence >= SURE) return title;
  const others = [title, ...alternatives]
    .slice(0, 3)
    .map(
      ({ name, year, imdbId }) => `${name} (${[year || '', imdbId].filter(Boolean).join(', ')})`,
    );
  throw new AppError(
    'import.no-title',
    `it is not sure which title it is (${others.join('; ')}): name the title, its year or its id`,
  );
}

export function rowOf(stream: LineStream): StreamRow {
  const parsed = parseReleaseTitle(stream.name);
  return stream.codes === undefined
    ? releaseRow(stream, parsed)
    : rowWithCodes(stream, stream.codes, stream.group ?? parsed.group ?? '');
}
