/** What can be said of a document without running anything: names that it uses exist. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { blocksOf, commandsOf, inlineCodeOf, type DocumentFile } from './documents.ts';

export interface KnownNames {
  /** Of package.json. */
  readonly scripts: ReadonlySet<string>;
  readonly errorCodes: ReadonlySet<string>;
  /** All code, to look names up in. */
  readonly source: string;
  readonly files: readonly string[];
  readonly documents: ReadonlyMap<string, DocumentFile>;
}

/** A path in the repository; what holds a placeholder or a pattern is none. */
const PATH =
  /^(?:src|workers|test|perf|native-bench|tools|web|migrations|docs|deploy|\.ci|\.github)\/[\w./-]*\w$/;
/** `HTTP_PROCESSES`, `media_counter`, `parseReleaseTitle`: of the program, the database, the tools that are used. */
const NAME = /^(?:[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+|[a-z]+[A-Z][A-Za-z0-9]*)(?=\(|$)/;
/** `dispatcher.ts`, `release-titles/store.ts`: somewhere in the repository. */
const FILE = /^[\w./-]+\.(?:ts|tsx|mjs|sql)$/;
const LINK = /\]\(([^)#\s]*)(?:#([^)\s]*))?\)/g;

/** Each mistake as one line that names the place. */
export function mistakesIn(document: DocumentFile, known: KnownNames): string[] {
  const codes = inlineCodeOf(document);
  const commands = [...codes, ...blocksOf(document).flatMap(commandsOf)];
  const mistakes = [
    ...codes
      .filter((code) => PATH.test(code) && !FILE.test(code) && !pathExists(code))
      .map((code) => `there is no ${code}`),
    ...commands
      .flatMap(scriptsOf)
      .filter((name) => !known.scripts.has(name))
      .map((name) => `there is no npm run ${name}`),
    ...codes
      .filter((code) => isErrorCode(code, known) && !known.errorCodes.has(code))
      .map((code) => `there is no error ${code}`),
    ...codes
      .map((code) => NAME.exec(code)?.[0] ?? '')
      .filter((name) => !known.source.includes(name))
      .map((name) => `no code knows ${name}`),
    ...codes
      .filter(
        (code) => FILE.test(code) && !known.files.some((path) => `/${path}`.endsWith(`/${code}`)),
      )
      .map((code) => `there is no ${code}`),
    ...brokenLinks(document, known.documents),
  ];
  return mistakes.map((mistake) => `${document.path}: ${mistake}`);
}

/** A folder of the build may be there or not. */
function pathExists(path: string): boolean {
  return existsSync(path) || existsSync(`${path}.ts`);
}

function scriptsOf(command: string): string[] {
  return [...command.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name);
}

/** `request.bad-id`: of a family that the registry has. Codes of one word are not told from file names. */
function isErrorCode(code: string, { errorCodes }: KnownNames): boolean {
  const [, family = ''] = /^([a-z]+)\.[a-z]+(?:-[a-z]+)+$/.exec(code) ?? [];
  return [...errorCodes].some((known) => known.startsWith(`${family}.`)) && family !== '';
}

/** Links to files that are not there, or to headings that they do not have. */
export function brokenLinks(
  { path, text }: DocumentFile,
  all: ReadonlyMap<string, DocumentFile>,
): string[] {
  const broken: string[] = [];
  for (const [, target = '', anchor] of text.matchAll(LINK)) {
    if (/^[a-z]+:/.test(target)) continue;
    const place = target === '' ? path : normalize(join(dirname(path), target));
    if (place !== path && !existsSync(place)) broken.push(`the link to ${target} leads nowhere`);
    else if (anchor !== undefined && !anchorsOf(all.get(place)).has(anchor))
      broken.push(`${place} has no heading #${anchor}`);
  }
  return broken;
}

/** Headings as GitHub names them. */
function anchorsOf(document: DocumentFile | undefined): ReadonlySet<string> {
  const headings = document?.text.matchAll(/^#+ (.+)$/gm) ?? [];
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
