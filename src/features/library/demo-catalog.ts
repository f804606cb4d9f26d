/** The demo catalogue as it lies in `demo-catalog.json`: the file and its schema. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { packageRoot } from '../../platform/config/package-root.ts';

const file = z.object({
  /** Position in the torrent: Stremio's `fileIdx`. */
  index: z.int().min(0),
  path: z.string().min(1),
  size: z.int().min(0),
});

const torrentStream = z.object({
  kind: z.literal('torrent'),
  infohash: z.string().regex(/^[0-9a-f]{40}$/),
  name: z.string().min(1),
  trackers: z.array(z.url()).default([]),
  web_seed: z.url().optional(),
  files: z.array(file).default([]),
});

const httpStream = z.object({
  kind: z.literal('http'),
  url: z.url({ protocol: /^https?$/ }),
  /** `720p`, `180p`, …, or `SD`. */
  quality: z.string().optional(),
});

const stream = z.discriminatedUnion('kind', [torrentStream, httpStream]);

const video = z.object({
  season: z.int().min(0).max(9999),
  episode: z.int().min(0).max(99_999),
  title: z.string().min(1),
  released: z.iso.date().optional(),
  year: z.int().optional(),
  streams: z.array(stream),
});

const title = z.object({
  /** An IMDb id, or `demo:` and the title's name in our own ids. */
  id: z.string().regex(/^(tt\d{7,10}|demo:[a-z0-9][a-z0-9-]*)$/),
  type: z.enum(['movie', 'series']),
  name: z.string().min(1),
  year: z.int(),
  end_year: z.int().optional(),
  runtime_minutes: z.int().positive().nullable(),
  description: z.string(),
  genres: z.array(z.string().min(1)),
  /** ISO 639-1 codes; `xx` for titles without speech. */
  languages: z.array(z.string().length(2)),
  license: z.string(),
  license_note: z.string(),
  imdb_id: z.string().nullable(),
  tmdb_id: z.int().positive().nullable(),
  streams: z.array(stream),
  videos: z.array(video).default([]),
});

const catalog = z.object({ items: z.array(title) });

export type DemoFile = z.infer<typeof file>;
export type DemoVideo = z.infer<typeof video>;
export type DemoStream = z.infer<typeof stream>;
export type DemoTitle = z.infer<typeof title>;

/** Text of the file in the package; the compiler does not copy it, so it is read where the source lies. */
export function readDemoCatalog(): Promise<string> {
  return readFile(new URL('src/features/library/demo-catalog.json', packageRoot), 'utf8');
}

/** What the demo has and what of it plays, in words. */
export function demoText(titles: readonly DemoTitle[]): string {
  const films = titles.filter(({ type }) => type === 'movie');
  const series = titles.filter(({ type }) => type === 'series');
  const playing = (some: readonly DemoTitle[]) => some.filter(plays).length;
  return `${films.length} films and ${series.length} series, of which ${playing(films)} and ${playing(series)} play`;
}

function plays({ streams, videos }: DemoTitle): boolean {
  return streams.length > 0 || videos.some((episode) => episode.streams.length > 0);
}

/** @throws ZodError naming the place of the first thing that does not fit */
export function parseDemoCatalog(text: string): readonly DemoTitle[] {
  return catalog.parse(JSON.parse(text)).items;
}
