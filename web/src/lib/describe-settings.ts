/** Settings in words, for what a preset or a file has changed. */
import type { PageOptions } from '../api/contract.ts';
import { listOf, objectsOf, sameJson, type JsonObject, type JsonValue } from './json.ts';
import { sizeText } from './size.ts';
import { ownSourceCount } from './sources.ts';

type Words = (value: JsonValue | undefined, options: PageOptions) => string;
type ChoiceKey =
  | 'resolutions'
  | 'qualityGroups'
  | 'hdrFormats'
  | 'codecs'
  | 'audioFormats'
  | 'channels'
  | 'languages'
  | 'nudity'
  | 'certificates'
  | 'streamTypes';

const LISTED_MAX = 6;

const FIELDS: Readonly<Record<string, readonly [label: string, words: Words]>> = {
  sps: ['Providers', (value) => `${objectsOf(value).length}`],
  cc: ['Catalogues', catalogs],
  sr: ['Resolutions', names('resolutions')],
  qf: ['Quality', names('qualityGroups')],
  hf: ['HDR formats', names('hdrFormats')],
  vcf: ['Video codecs', names('codecs')],
  acf: ['Audio formats', names('audioFormats')],
  chf: ['Audio channels', names('channels')],
  ms: ['Largest film', size],
  mns: ['Smallest film', size],
  mes: ['Largest episode', size],
  mnes: ['Smallest episode', size],
  mxs: ['Most streams', count],
  mspr: ['Most per resolution', count],
  mspt: ['Most per stream type', count],
  tsp: ['Sorted by', sortKeyNames],
  nf: ['Hidden nudity', levels('nudity')],
  cf: ['Hidden certificates', levels('certificates')],
  ls: ['Languages', names('languages')],
  sto: ['Stream types', names('streamTypes')],
  snfp: ['Name filter', (value) => `${listOf(value).length} patterns`],
  st: ['Templates', (value) => (value === undefined ? 'the default' : 'your own')],
  lss: ['Live search', (value) => (value === undefined ? 'as the server has it' : onOff(value))],
  ic: ['Sources of your own', (value) => ownSourcesText(value)],
  ept: ['Direct torrents', (value) => (value === false ? 'off' : 'on')],
};

function onOff(value: JsonValue): string {
  return value === false ? 'off' : 'on';
}

function ownSourcesText(value: JsonValue | undefined): string {
  const count = value === undefined ? 0 : ownSourceCount({ ic: value });
  return count === 0 ? 'none' : `${count}`;
}

/** One line for each field that differs: `Largest film: 4 GB`. */
export function describeChanges(
  before: JsonObject,
  after: JsonObject,
  options: PageOptions,
): readonly string[] {
  const { defaults } = options;
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !sameJson(before[key] ?? defaults[key], after[key] ?? defaults[key]),
  );
  const known = keys.flatMap((key) => {
    const field = FIELDS[key];
    return field === undefined
      ? []
      : [`${field[0]}: ${field[1](after[key] ?? defaults[key], options)}`];
  });
  const others = keys.length - known.length;
  return others === 0
    ? known
    : [...known, `${others} more ${others === 1 ? 'setting' : 'settings'}`];
}

function names(choices: ChoiceKey): Words {
  return (value, options) => {
    const all = options[choices];
    const chosen = listOf(value);
    if (chosen.length === 0 || chosen.length >= all.length) return 'all';
    const labels = chosen.map(
      (item) => all.find((choice) => choice.value === item)?.label ?? String(item),
    );
    const more = labels.length - LISTED_MAX;
    return more > 0
      ? `${labels.slice(0, LISTED_MAX).join(', ')} and ${more} more`
      : labels.join(', ');
  };
}

function levels(choices: ChoiceKey): Words {
  return (value, options) => {
    const hidden = listOf(value);
    return hidden.length === 0 || hidden.includes('Disable')
      ? 'none'
      : names(choices)(value, options);
  };
}

function catalogs(value: JsonValue | undefined): string {
  const rows = objectsOf(value);
  return rows.length === 0 ? 'all' : `${rows.filter(({ en }) => en !== false).length} shown`;
}

function sortKeyNames(value: JsonValue | undefined, { sortKeys }: PageOptions): string {
  return (
    objectsOf(value)
      .map(({ k }) => sortKeys.find(({ key }) => key === k)?.label ?? String(k))
      .join(', ') || 'nothing'
  );
}

function size(value: JsonValue | undefined): string {
  if (typeof value !== 'number' || value === 0) return 'no limit';
  const text = sizeText(value);
  return /[A-Z]/.test(text) ? text : `${text} GB`;
}

function count(value: JsonValue | undefined): string {
  return value === 0 || value === undefined ? 'no limit' : String(value);
}
