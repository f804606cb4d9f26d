/** Of which title something is: by what whoever brings it says, else by its own name. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { LineStream } from '../../lib/import-line/stream-line.ts';
import type { LineId } from '../../lib/import-line/title-line.ts';
import { parseReleaseTitle } from '../../lib/release-title/parse.ts';
import { plainText } from '../../lib/search-text.ts';
import { storedTitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import { compileTitle } from '../../lib/title-match/compiled-title.ts';
import { matchRelease } from '../../lib/title-match/match.ts';
import { refusalText } from '../../lib/title-match/reasons.ts';
import type { TitlesOnDemand } from '../metadata/contract.ts';
import type { SearchSubject, SubjectSource } from '../sources/contract.ts';
import type { TitleGuess, TitleHint } from './contract.ts';
import type { IngestStore } from './store.ts';

export interface TitleFinderParts {
  readonly store: IngestStore;
  readonly subjects: SubjectSource;
  readonly onDemand: TitlesOnDemand;
}

/** A guess with everything that is known of the title; `subject` is null for one that is not in the library. */
export interface FoundTitle extends TitleGuess {
  readonly subject: SearchSubject | null;
}

export interface CandidateQuery {
  readonly name: string;
  /** Null for both. */
  readonly type: MediaType | null;
  /** False: the library alone. */
  readonly asksMetadata: boolean;
  /** Whether these are all that is wanted. */
  readonly isEnough: (found: readonly SearchSubject[]) => boolean;
}

const GUESSES_MAX = 8;
const CONFIDENCE = {
  id: 1,
  nameAndYear: 0.98,
  yearBeside: 0.85,
  onlyName: 0.9,
  oneOfSeveral: 0.6,
  matchWithYear: 0.95,
  match: 0.75,
  refused: 0.2,
  isNew: 0.8,
};

export class TitleFinder {
  readonly #parts: TitleFinderParts;

  constructor(parts: TitleFinderParts) {
    this.#parts = parts;
  }

  /** Likeliest first; empty when no title is known that it could be of, and none is named. */
  async find(
    stream: LineStream,
    hint: TitleHint,
    signal: CancelSignal,
  ): Promise<readonly FoundTitle[]> {
    const byIds = await this.#byIds(hint, signal);
    if (byIds.length > 0) return byIds;
    const guesses =
      hint.name === ''
        ? await this.#byRelease(stream, hint, signal)
        : await this.#byName(hint, signal);
    const [best] = guesses;
    // What is named is made where nothing fits; with an id it is surely none of those that lack it.
    const isNamed = hint.name !== '' && hint.type !== null;
    const isMissing = best === undefined || best.confidence < CONFIDENCE.oneOfSeveral;
    if (isNamed && (isMissing || hint.ids.length > 0))
      return [newTitle(hint, hint.type ?? 'movie'), ...guesses];
    return guesses;
  }

  /** The title that has the first of these ids that any has. */
  async subjectByIds(
    type: MediaType,
    ids: readonly LineId[],
    asksMetadata: boolean,
    signal: CancelSignal,
  ): Promise<SearchSubject | null> {
    for (const id of ids) {
      const mediaId = await this.#titleById(type, id, asksMetadata, signal);
      const found = mediaId === null ? null : await this.#subject(mediaId, signal);
      if (found !== null) return found;
    }
    return null;
  }

  /** The title of the surest id that one has; with those of the other ids where they contradict it. */
  async #byIds({ type, ids }: TitleHint, signal: CancelSignal): Promise<readonly FoundTitle[]> {
    for (const id of ids) {
      for (const one of type === null ? TYPES : [type]) {
        const found = await this.subjectByIds(one, [id], true, signal);
        if (found === null) continue;
        const others = await this.#otherTitles(found, ids, signal);
        if (others.length === 0) return [guessOf(found, CONFIDENCE.id, `it has the id ${id.id}`)];
        const why = 'the ids that are given are of several titles';
        return [found, ...others].map((one) => guessOf(one, CONFIDENCE.oneOfSeveral, why));
      }
    }
    return [];
  }

  /** What the library has by these ids, other than this title. */
  async #otherTitles(
    { mediaId, type }: SearchSubject,
    ids: readonly LineId[],
    signal: CancelSignal,
  ): Promise<readonly SearchSubject[]> {
    const others = new Set<number>();
    for (const id of ids) {
      const other = await this.#parts.store.titleById(type, id, signal);
      if (other !== null && other !== mediaId) others.add(other);
    }
    return this.#subjects([...others], signal);
  }

  async #titleById(
    type: MediaType,
    id: LineId,
    asksMetadata: boolean,
    signal: CancelSignal,
  ): Promise<number | null> {
    const { store, onDemand } = this.#parts;
    const known = await store.titleById(type, id, signal);
    if (known !== null || !asksMetadata) return known;
    const creation = await onDemand.create(storedTitleId(type, id.provider, id.id), signal);
    return creation === 'created' ? store.titleById(type, id, signal) : null;
  }

  async #byName(hint: TitleHint, signal: CancelSignal): Promise<readonly FoundTitle[]> {
    const isEnough = (found: readonly SearchSubject[]) =>
      found.some((subject) => isNamed(subject, hint.name));
    const { name, type } = hint;
    const subjects = await this.candidates({ name, type, asksMetadata: true, isEnough }, signal);
    const named = subjects.filter((subject) => isNamed(subject, hint.name));
    const fitting = named.filter(({ year }) => isNear(year, hint.year));
    const guesses = fitting.map((subject) => {
      const isSame = hint.year !== 0 && subject.year === hint.year;
      const isOnly = fitting.length === 1;
      if (isSame) return guessOf(subject, CONFIDENCE.nameAndYear, 'it has this name and year');
      if (hint.year !== 0)
        return guessOf(subject, CONFIDENCE.yearBeside, 'it has this name, and a year beside it');
      return isOnly
        ? guessOf(subject, CONFIDENCE.onlyName, 'it is the only title of this name')
        : guessOf(subject, CONFIDENCE.oneOfSeveral, 'several titles have this name');
    });
    const others = subjects.filter((subject) => !fitting.includes(subject));
    return ordered([
      ...guesses,
      ...others.map((subject) => guessOf(subject, CONFIDENCE.refused, 'its name is similar')),
    ]);
  }

  async #byRelease(
    stream: LineStream,
    hint: TitleHint,
    signal: CancelSignal,
  ): Promise<readonly FoundTitle[]> {
    const { title, seasons, episodes, date, year } = parseReleaseTitle(stream.name);
    const isSeries = seasons.length > 0 || episodes.length > 0 || date !== undefined;
    const type = hint.type ?? (isSeries ? 'series' : 'movie');
    const claim = { ...CLAIM, name: stream.name, sizeBytes: stream.sizeBytes };
    const judge = (subject: SearchSubject) => matchRelease(compileTitle(subject), claim, subject);
    const isEnough = (found: readonly SearchSubject[]) =>
      found.some((subject) => judge(subject).accepted);
    const subjects = await this.candidates(
      { name: title, type, asksMetadata: true, isEnough },
      signal,
    );
    return ordered(
      subjects.map((subject) => {
        const verdict = judge(subject);
        if (!verdict.accepted) return guessOf(subject, CONFIDENCE.refused, refusalText(verdict));
        return year === subject.year
          ? guessOf(subject, CONFIDENCE.matchWithYear, 'its name and year are in the name')
          : guessOf(subject, CONFIDENCE.match, 'its name is in the name');
      }),
    );
  }

  /** Titles with these words in their names: of the library, and where none of these is it, of the metadata services. */
  async candidates(
    { name, type, asksMetadata, isEnough }: CandidateQuery,
    signal: CancelSignal,
  ): Promise<readonly SearchSubject[]> {
    const { store, onDemand } = this.#parts;
    const known = await this.#subjects(
      await store.titlesByName(name, type, GUESSES_MAX, signal),
      signal,
    );
    if (!asksMetadata || isEnough(known)) return known;
    const types = type === null ? TYPES : [type];
    const made = await Promise.all(types.map((one) => onDemand.search(one, name, signal)));
    if (made.every((ids) => ids.length === 0)) return known;
    return this.#subjects(await store.titlesByName(name, type, GUESSES_MAX, signal), signal);
  }

  async #subjects(
    mediaIds: readonly number[],
    signal: CancelSignal,
  ): Promise<readonly SearchSubject[]> {
    const subjects: SearchSubject[] = [];
    for (const mediaId of mediaIds) {
      const subject = await this.#subject(mediaId, signal);
      if (subject !== null) subjects.push(subject);
    }
    return subjects;
  }

  #subject(mediaId: number, signal: CancelSignal): Promise<SearchSubject | null> {
    return this.#parts.subjects.searchSubject({ mediaId, season: 0, episode: 0 }, signal);
  }
}

const TYPES = ['movie', 'series'] as const;
const CLAIM = { imdbId: '', tmdbId: '', isVouchedFor: false };

function isNamed({ names }: SearchSubject, name: string): boolean {
  const wanted = plainText(name);
  return names.some((known) => plainText(known) === wanted);
}

function isNear(year: number, wanted: number): boolean {
  return year === 0 || wanted === 0 || Math.abs(year - wanted) <= 1;
}

function guessOf(subject: SearchSubject, confidence: number, reason: string): FoundTitle {
  const { mediaId, type, imdbId, tmdbId, names, year } = subject;
  const name = names[0] ?? '';
  return { subject, mediaId, type, imdbId, tmdbId, name, year, confidence, reason };
}

function newTitle({ ids, name, year }: TitleHint, type: MediaType): FoundTitle {
  const idBy = (wanted: LineId['provider']) =>
    ids.find(({ provider }) => provider === wanted)?.id ?? '';
  const [imdbId, tmdbId] = [idBy('imdb'), idBy('tmdb')];
  const reason = 'it is new: no title was known by this';
  const { isNew: confidence } = CONFIDENCE;
  return { subject: null, mediaId: null, type, imdbId, tmdbId, name, year, confidence, reason };
}

function ordered(guesses: readonly FoundTitle[]): readonly FoundTitle[] {
  return guesses.toSorted((a, b) => b.confidence - a.confidence);
}
