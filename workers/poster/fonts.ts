/**
 * Bundled fonts (OFL, npm packages of @fontsource) in Skia. Registrations belong to the process, not to
 * the thread, and are never taken back: another thread may be drawing with them. Their number is bounded
 * by the files of the packages (about 400 of one weight), each registered when a title first needs it.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GlobalFonts } from '@napi-rs/canvas';
import { chooseFonts, type FontPackage, type FontSubset, type SubsetTable } from './font-choice.ts';
import { parseUnicodeRanges } from './unicode-ranges.ts';
import { openWoff } from './woff.ts';

export interface PreparedText {
  readonly text: string;
  /** Value of the CSS `font-family` property. */
  readonly family: string;
}

const WEIGHT = 700;
/** Of the emoji font: its pictures once more as SVG. */
const UNREAD_TABLES: ReadonlySet<string> = new Set(['SVG ']);
const tables = new Map<FontPackage, SubsetTable>();

/** Loads what the text needs; see `chooseFonts` for the characters that are left out. */
export function prepareText(text: string): PreparedText {
  const { text: kept, subsets } = chooseFonts(text, subsetTable);
  return { text: kept, family: subsets.map(register).join(', ') };
}

/** Package folder → subset name → ranges, from the package's `unicode.json`; `[12]` there is file `12`. */
export function subsetTable(name: FontPackage): SubsetTable {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const published: unknown = JSON.parse(
    readFileSync(join(packageFolder(name), 'unicode.json'), 'utf8'),
  );
  const lists = Object.entries(published ?? {}).map(
    ([key, list]) => [key.replace(/[[\]]/g, ''), String(list)] as const,
  );
  // The numbered emoji files hold SVG only, which Skia does not draw; the file `emoji` covers them all.
  const own =
    name === 'noto-color-emoji'
      ? [['emoji', lists.map(([, list]) => list).join(',')] as const]
      : lists.filter(([subset]) => isOwnSubset(name, subset));
  const table = new Map(own.map(([subset, list]) => [subset, parseUnicodeRanges(list)]));
  tables.set(name, table);
  return table;
}

/** The script that a package is for. Its other files hold Latin letters of another design, and symbols. */
function isOwnSubset(name: FontPackage, subset: string): boolean {
  if (name === 'inter') return true;
  return /-(jp|kr|sc)$/.test(name) ? /^\d+$/.test(subset) : name.endsWith(`-${subset}`);
}

/** Registers the file under a family name of its own and returns that name. */
function register({ package: name, subset }: FontSubset): string {
  const alias = `${name}-${subset}`;
  if (GlobalFonts.has(alias)) return alias;
  const folder = join(packageFolder(name), 'files');
  const key =
    name === 'noto-color-emoji'
      ? GlobalFonts.register(
          openWoff(join(folder, `${alias}-400-normal.woff`), UNREAD_TABLES),
          alias,
        )
      : GlobalFonts.registerFromPath(join(folder, `${alias}-${WEIGHT}-normal.woff2`), alias);
  if (key === null) throw new Error(`the font file ${alias} is missing or broken: run npm ci`);
  return alias;
}

function packageFolder(name: FontPackage): string {
  return dirname(fileURLToPath(import.meta.resolve(`@fontsource/${name}/package.json`)));
}
