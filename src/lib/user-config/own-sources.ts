/** What a user's configuration says about sources: which of the instance's are off, and which are the user's own. */
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';
import { headerProblem } from '../source-settings/request-headers.ts';
import {
  splitCategories,
  type IndexerSettings,
  type ManagerSettings,
  type SourceSettings,
} from '../source-settings/source-settings.ts';

/** Kinds that a user may have switched off, or replaced by one of their own. */
export type ReplaceableKind = ManagerSettings['kind'];

/** What reading needs of the instance. */
export interface OwnSourceRules {
  /** False: nobody has sources of their own here. */
  readonly isAllowed: boolean;
  /** What their calls go through; null: directly. */
  readonly proxyUrl: string | null;
  /** Keyed: equal for equal texts, and nothing is learnt from it. */
  readonly digest: (text: string) => string;
}

/**
 * The one part of a configuration that stays credentials once it is compiled: private, so that neither a log nor
 * JSON shows it; at most 42; in memory only as long as its context.
 */
export class OwnSources {
  /** Equal for equal sources with equal credentials, empty without any: part of every key that depends on them. */
  readonly key: string;
  /** The instance's sources of these kinds are not for this user. */
  readonly withoutShared: readonly ReplaceableKind[];
  readonly #settings: readonly SourceSettings[];

  constructor(
    settings: readonly SourceSettings[],
    withoutShared: readonly ReplaceableKind[],
    digest: (text: string) => string,
  ) {
    this.#settings = settings;
    this.withoutShared = withoutShared;
    this.key = settings.length === 0 ? '' : digest(JSON.stringify(settings));
  }

  get count(): number {
    return this.#settings.length;
  }

  /** With credentials: for whoever opens the sources, and nobody else. */
  settings(): readonly SourceSettings[] {
    return this.#settings;
  }
}

const MANAGERS: readonly {
  readonly key: string;
  readonly kind: ReplaceableKind;
  readonly name: string;
}[] = [
  { key: 'pr', kind: 'prowlarr', name: 'Prowlarr' },
  { key: 'jk', kind: 'jackett', name: 'Jackett' },
];

/** Of most users: one object for all of them. */
const NONE = new OwnSources([], [], () => '');

/** @param config in canonical form */
export function ownSources(config: JsonObject, rules: OwnSourceRules): OwnSources {
  const indexers = config['ic'];
  if (!isJsonObject(indexers) || !rules.isAllowed) return NONE;
  const managers = MANAGERS.map(({ key, kind, name }) =>
    readManager(indexers[key], kind, name, rules),
  );
  return new OwnSources(
    [
      ...managers.flatMap((manager) => (typeof manager === 'object' ? [manager] : [])),
      ...enabledEntries(indexers['tz']).map((entry, index) => torznabOf(entry, index, rules)),
      ...enabledEntries(indexers['nz']).map((entry, index) => newznabOf(entry, index, rules)),
    ],
    MANAGERS.filter((_, index) => managers[index] !== 'shared').map(({ kind }) => kind),
    rules.digest,
  );
}

/** `shared`: as the instance has it. A server of one's own without an address is none. */
function readManager(
  value: JsonValue | undefined,
  kind: ReplaceableKind,
  name: string,
  { proxyUrl }: OwnSourceRules,
): ManagerSettings | 'shared' | 'off' {
  if (!isJsonObject(value)) return 'shared';
  const { en, ug, u, ak } = value;
  if (en !== true) return 'off';
  if (ug !== false) return 'shared';
  const url = textOf(u);
  return url === ''
    ? 'off'
    : { kind, id: `own:${kind}`, name, url, apiKey: textOf(ak), isPersonal: true, proxyUrl };
}

function torznabOf(
  { n, u, h, c }: JsonObject,
  index: number,
  { proxyUrl }: OwnSourceRules,
): IndexerSettings {
  return {
    kind: 'torznab',
    id: `own:torznab:${index + 1}`,
    name: nameOf(n, `Torznab ${index + 1}`),
    url: textOf(u),
    apiKey: '',
    headers: headersOf(h),
    ...splitCategories(numbersOf(c)),
    isPersonal: true,
    proxyUrl,
  };
}

function newznabOf(
  { n, u, ak, mc, tc }: JsonObject,
  index: number,
  { proxyUrl }: OwnSourceRules,
): IndexerSettings {
  return {
    kind: 'newznab',
    id: `own:newznab:${index + 1}`,
    name: nameOf(n, `Newznab ${index + 1}`),
    url: textOf(u),
    apiKey: textOf(ak),
    headers: {},
    movieCategories: orNull(numbersOf(mc)),
    seriesCategories: orNull(numbersOf(tc)),
    isPersonal: true,
    proxyUrl,
  };
}

/** Of a kind; what was installed elsewhere may hold more. */
const ENDPOINTS_MAX = 20;

/** Lower numbers of `p` come first; entries of one number stay in their order. */
function enabledEntries(value: JsonValue | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[])
    .filter((entry) => isJsonObject(entry))
    .filter(({ en, u }) => en !== false && textOf(u) !== '')
    .toSorted((a, b) => priorityOf(a) - priorityOf(b))
    .slice(0, ENDPOINTS_MAX);
}

function priorityOf({ p }: JsonObject): number {
  return typeof p === 'number' ? p : 1;
}

function nameOf(value: JsonValue | undefined, fallback: string): string {
  return textOf(value) || fallback;
}

/** Of what was installed elsewhere, lines that nothing can send are left out. */
function headersOf(value: JsonValue | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, text]): [string, string] => [name.toLowerCase(), textOf(text)])
      .filter(([name, text]) => headerProblem(name, text) === null),
  );
}

function numbersOf(value: JsonValue | undefined): readonly number[] {
  return Array.isArray(value)
    ? (value as readonly JsonValue[]).filter((item) => typeof item === 'number')
    : [];
}

function orNull(categories: readonly number[]): readonly number[] | null {
  return categories.length === 0 ? null : categories;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
