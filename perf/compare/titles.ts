/**
 * The titles that every contender answers: 50 films of the demo catalogue, each with 200 streams of
 * every make (heavy-title.ts). Their ids are real, so that a server named by `--target` may know them.
 */
import { createHash } from 'node:crypto';
import type { ImportedStream, ImportedTitle } from '../../src/features/library/contract.ts';
import { parseDemoCatalog, readDemoCatalog } from '../../src/features/library/demo-catalog.ts';
import { demoTitles } from '../../src/features/library/demo-titles.ts';
import { heavyTitle } from '../heavy-title.ts';

export const TITLES = 50;
export const STREAMS_PER_TITLE = 200;

/** Titles to import; deterministic. */
export async function comparedTitles(count: number = TITLES): Promise<readonly ImportedTitle[]> {
  const films = demoTitles(parseDemoCatalog(await readDemoCatalog())).filter(
    ({ type, imdbId }) => type === 'movie' && imdbId !== '',
  );
  if (films.length < count)
    throw new Error(
      `the demo catalogue has ${films.length} films with an IMDb id, ${count} are needed`,
    );
  return films.slice(0, count).map((film, index) => ({ ...film, streams: streamsOf(film, index) }));
}

/** Each film has names, sizes, seeders and infohashes of its own: no two answers are alike, and none compresses better than real ones. */
function streamsOf(
  { imdbId, title, year }: ImportedTitle,
  number: number,
): readonly ImportedStream[] {
  const words = title.replaceAll(/[^\p{L}\p{N}]+/gu, '.');
  return heavyTitle(imdbId, STREAMS_PER_TITLE).streams.map((stream, index) => {
    const name = stream.name.replace('The.Long.Release.2024', `${words}.${year}`);
    const sizeBytes = stream.totalSizeBytes + number * 1_000_003;
    return {
      ...stream,
      name,
      infohash: createHash('sha1').update(`${imdbId} ${index}`).digest('hex'),
      totalSizeBytes: sizeBytes,
      seeders: (stream.seeders + number * 13) % 500,
      placements: stream.placements.map((placement) => ({
        ...placement,
        filename: `${name}.mkv`,
        fileSizeBytes: sizeBytes,
      })),
    };
  });
}
