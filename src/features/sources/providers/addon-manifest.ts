/** Addresses and manifests of Stremio add-ons: where their streams are, and for which ids. */
import { foldControlCharacters } from '../../../lib/control-characters.ts';
import { textOf } from '../../../lib/json/json-fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../lib/json/json-value.ts';
import type { SearchSubject } from '../contract.ts';
import { badAnswer } from './json-answer.ts';

/** What an add-on says of its streams. */
export interface StreamOffer {
  readonly name: string;
  readonly types: readonly string[];
  /** Null: ids of any kind. */
  readonly idPrefixes: readonly string[] | null;
}

const NAME_CHARS_MAX = 80;
/** What ends an address that people copy: of the manifest, of the page for settings, or of nothing. */
const ENDING = /\/(?:manifest\.json|configure)?\/*$/;

export class AddonAddress {
  /** Up to and without the last slash. */
  readonly base: string;
  /** The owner's own; none is ever added, for add-ons take a query into the id. */
  readonly #query: string;

  constructor(address: string) {
    const url = new URL(address.replace(/^stremio:\/\//i, 'https://'));
    this.#query = url.search;
    url.search = '';
    url.hash = '';
    this.base = `${url.href}/`.replace(ENDING, '');
  }

  get manifest(): string {
    return `${this.base}/manifest.json${this.#query}`;
  }

  streams(type: string, id: string): string {
    return `${this.base}/stream/${type}/${encodeURIComponent(id)}.json${this.#query}`;
  }
}

/** Null when the add-on has no streams. @throws AppError `source.bad-answer` when it is no manifest */
export function streamOffer(manifest: JsonValue): StreamOffer | null {
  if (!isJsonObject(manifest) || !Array.isArray(manifest['resources']))
    throw badAnswer('what it answers is no manifest of an add-on: check the address');
  const resources = manifest['resources'] as readonly JsonValue[];
  const resource = resources.find(
    (candidate) =>
      candidate === 'stream' || (isJsonObject(candidate) && candidate['name'] === 'stream'),
  );
  if (resource === undefined) return null;
  const own: JsonObject = isJsonObject(resource) ? resource : {};
  const prefixes = texts(own['idPrefixes']) ?? texts(manifest['idPrefixes']);
  return {
    name: foldControlCharacters(textOf(manifest['name'])).slice(0, NAME_CHARS_MAX),
    types: texts(own['types']) ?? texts(manifest['types']) ?? [],
    idPrefixes: prefixes === null || prefixes.length === 0 ? null : prefixes,
  };
}

function texts(value: JsonValue | undefined): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  return (value as readonly JsonValue[]).filter((item) => typeof item === 'string');
}

/** The first form of the title's id that the add-on takes, IMDb's before TMDB's and TVDB's; null when it takes none. */
export function idFor(subject: SearchSubject, offer: StreamOffer): string | null {
  if (!offer.types.includes(subject.type)) return null;
  const id = titleIds(subject).find((candidate) => isTaken(candidate, offer.idPrefixes));
  if (id === undefined) return null;
  return subject.type === 'series' ? `${id}:${subject.season}:${subject.episode}` : id;
}

/** Every form that add-ons know. */
export function titleIds({ imdbId, tmdbId, tvdbId }: SearchSubject): readonly string[] {
  const ids: string[] = [];
  if (imdbId !== '') ids.push(imdbId);
  if (tmdbId !== '') ids.push(`tmdb:${tmdbId}`);
  if (tvdbId !== '') ids.push(`tvdb:${tvdbId}`);
  return ids;
}

/** An add-on that does not say which ids it takes is asked with IMDb's, which all of them mean. */
function isTaken(id: string, prefixes: readonly string[] | null): boolean {
  return prefixes === null ? id.startsWith('tt') : prefixes.some((prefix) => id.startsWith(prefix));
}
