/** What an import of something would do: of which title it is, and which of its files plays what. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { isPlayable } from '../../lib/file-choice/playable-files.ts';
import { placementsOf, type FilePlacement } from '../../lib/import-line/placements.ts';
import type { LineStream } from '../../lib/import-line/stream-line.ts';
import { parseReleaseTitle } from '../../lib/release-title/parse.ts';
import { compileTitle } from '../../lib/title-match/compiled-title.ts';
import { matchRelease } from '../../lib/title-match/match.ts';
import type { TitleFacts } from '../../lib/title-match/title-facts.ts';
import type { SearchSubject } from '../sources/contract.ts';
import type { Analysis, TitleHint } from './contract.ts';
import type { FoundTitle, TitleFinder } from './title-finder.ts';

/** Everything that an import needs. */
export interface FullAnalysis extends Analysis {
  readonly title: FoundTitle | null;
}

const UNLINKED_MAX = 50;

export async function analyse(
  finder: TitleFinder,
  stream: LineStream,
  hint: TitleHint,
  signal: CancelSignal,
): Promise<FullAnalysis> {
  const [title = null, ...alternatives] = await finder.find(stream, hint, signal);
  if (title === null) {
    const { title: name } = parseReleaseTitle(stream.name);
    const problem =
      stream.name === ''
        ? 'it has no name: say the title'
        : `no title is known as ${JSON.stringify(name)}: name the type, and the title or its id`;
    return { stream, title, alternatives, links: [], unlinked: [], problem };
  }
  try {
    const links = linksOf(stream, title);
    return {
      stream,
      title,
      alternatives,
      links,
      unlinked: unlinkedOf(stream, links),
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { stream, title, alternatives, links: [], unlinked: [], problem: error.message };
  }
}

/** @throws AppError `import.bad-line` when nothing says what it plays */
function linksOf(stream: LineStream, title: FoundTitle): readonly FilePlacement[] {
  const facts = title.subject ?? factsOf(title);
  const links = readLinks(stream, facts);
  return title.subject === null || hasFiles(links) || stream.part !== undefined
    ? links
    : matchedLinks(stream, title.subject, links);
}

function readLinks(stream: LineStream, facts: TitleFacts): readonly FilePlacement[] {
  return placementsOf(stream, () => parseReleaseTitle(stream.name), facts);
}

/** Seasons as the title counts them, where its names and episodes are known. */
function matchedLinks(
  stream: LineStream,
  subject: SearchSubject,
  links: readonly FilePlacement[],
): readonly FilePlacement[] {
  const claim = {
    name: stream.name,
    sizeBytes: stream.sizeBytes,
    imdbId: '',
    tmdbId: '',
    isVouchedFor: false,
  };
  const verdict = matchRelease(compileTitle(subject), claim, subject);
  if (!verdict.accepted) return links;
  return verdict.placements.map((part) => ({
    ...part,
    fileIndex: -1,
    filename: '',
    fileSizeBytes: 0,
  }));
}

function hasFiles(links: readonly FilePlacement[]): boolean {
  return links.some(({ fileIndex }) => fileIndex >= 0);
}

function factsOf({ type, imdbId, name, year }: FoundTitle): TitleFacts {
  const unknown = { tmdbId: '', endYear: 0, isAnime: false, episodes: [] };
  return { ...unknown, type, imdbId, names: [name], year };
}

function unlinkedOf({ files }: LineStream, links: readonly FilePlacement[]): readonly string[] {
  const linked = new Set(links.map(({ filename }) => filename));
  const left = files.filter((file) => isPlayable(file) && !linked.has(file.path));
  return left.slice(0, UNLINKED_MAX).map(({ path }) => path);
}
