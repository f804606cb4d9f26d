/** The server's endpoints for imports: for everybody, as its operator, or for one stored profile. */
import { api, type ApiRequest } from '../api/http.ts';

/** For whom something is imported. */
export type Audience =
  | { readonly kind: 'everybody' }
  | { readonly kind: 'profile'; readonly profile: string; readonly ownerKey: string };

export interface Guess {
  readonly type: 'movie' | 'series';
  readonly imdb: string;
  readonly tmdb: string;
  readonly name: string;
  readonly year: number;
  readonly confidence: number;
  readonly reason: string;
  readonly is_new: boolean;
}

export interface Link {
  readonly season: number | 'all';
  readonly episode: number | null;
  readonly episode_to: number | null;
  readonly filename: string;
  readonly size: number;
}

export interface Analysis {
  readonly stream: {
    readonly kind: string;
    readonly info_hash: string | null;
    readonly url: string;
    readonly name: string;
    readonly size: number;
  };
  readonly title: Guess | null;
  readonly alternatives: readonly Guess[];
  readonly links: readonly Link[];
  readonly unlinked: readonly string[];
  /** An import needs nobody to choose the title. */
  readonly is_sure: boolean;
  readonly hidden: string | null;
  readonly problem: string | null;
}

/** What is asked: one of `link` and `torrent`, and what is known of it. */
export interface Asked {
  readonly link?: string;
  /** Base64. */
  readonly torrent?: string;
  readonly name?: string;
  readonly title?: TitleSaid;
  readonly season?: string;
  readonly episode?: string;
  readonly visibility?: 'public';
}

export interface TitleSaid {
  readonly type: string;
  readonly name?: string;
  readonly year?: string;
  readonly imdb?: string;
  readonly tmdb?: string;
}

export interface Job {
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly progress: {
    readonly done: number;
    readonly total: number | null;
    readonly message: string | null;
  } | null;
  readonly error: string | null;
  readonly result: Readonly<Record<string, number>> | null;
  readonly log: readonly { readonly message: string }[];
}

export interface Brought {
  readonly total: number;
  readonly max: number;
  readonly items: readonly BroughtStream[];
  readonly next: number | null;
}

export interface BroughtStream {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size: number;
  readonly title: {
    readonly type: string;
    readonly name: string;
    readonly year: number | null;
  };
}

/** Other servers are asked, too: for the type of an address, and for titles. */
const TIMEOUT_MS = 65_000;

export function analyse(audience: Audience, asked: Asked): Promise<Analysis> {
  return send(audience, '/analyze', asked);
}

export function importOne(audience: Audience, asked: Asked): Promise<Analysis> {
  return send(audience, '', asked);
}

export function importLines(audience: Audience, file: File): Promise<{ readonly job: string }> {
  const format = /\.csv$/i.test(file.name) ? 'csv' : 'ndjson';
  return send(audience, `/lines?format=${format}`, file);
}

export function fetchJob(audience: Audience, id: string, signal: AbortSignal): Promise<Job> {
  const query =
    audience.kind === 'everybody' ? '' : `?profile=${encodeURIComponent(audience.profile)}`;
  return api(`/api/v1/import/job/${encodeURIComponent(id)}${query}`, {
    ...keyOf(audience),
    signal,
  });
}

export function fetchBrought(
  audience: Audience & { readonly kind: 'profile' },
  after: number | null,
  signal: AbortSignal,
): Promise<Brought> {
  const query = after === null ? '' : `?after=${after}`;
  return api(`/profiles/${audience.profile}/streams${query}`, { ...keyOf(audience), signal });
}

export function deleteBrought(
  audience: Audience & { readonly kind: 'profile' },
  id: number,
): Promise<unknown> {
  return api(`/profiles/${audience.profile}/streams/${id}`, {
    method: 'DELETE',
    ...keyOf(audience),
  });
}

function send<T>(audience: Audience, tail: string, body: Asked | File): Promise<T> {
  const root =
    audience.kind === 'everybody' ? '/api/v1/import' : `/profiles/${audience.profile}/import`;
  return api(root + tail, { method: 'POST', body, timeoutMs: TIMEOUT_MS, ...keyOf(audience) });
}

function keyOf(audience: Audience): Pick<ApiRequest, 'ownerKey'> {
  return audience.kind === 'everybody' ? {} : { ownerKey: audience.ownerKey };
}
