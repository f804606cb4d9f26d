/** Everything that the configure page offers, so that no vocabulary is written down in the page. */
import type { Capabilities, CapabilityName } from '../../lib/capabilities.ts';
import { TOKEN_CHARS_MAX } from '../../lib/install-token/install-token.ts';
import { DROP_RULE_NAMES } from '../../lib/ranking/drop-rules.ts';
import { MODIFIERS } from '../../lib/stream-template/modifiers.ts';
import { DEFAULT_TEMPLATE, STREAM_VARIABLES } from '../../lib/stream-template/stream-variables.ts';
import { LIMITS, USER_CONFIG_FIELDS } from '../../lib/user-config/fields.ts';
import { SERVICES, type Service } from '../../lib/user-config/services.ts';
import { textPaths } from '../../lib/user-config/text-paths.ts';
import {
  AUDIO_NAMES,
  CATALOG_SORTS,
  CERTIFICATE_NAMES,
  CHANNEL_NAMES,
  CODEC_NAMES,
  HDR_NAMES,
  LANGUAGE_NAMES,
  NUDITY_NAMES,
  QUALITY_GROUPS,
  RESOLUTION_NAMES,
  SORT_KEYS,
  STREAM_TYPE_NAMES,
  type NameMap,
} from '../../lib/user-config/vocabulary.ts';
import type { AddonIdentity } from '../addon/contract.ts';
import type { InstanceOffer } from './instance-offer.ts';
import { PRESET_GROUPS } from './presets.ts';
import { LOGO_PATH } from '../landing/contract.ts';

const SORT_LABELS: Readonly<Record<(typeof SORT_KEYS)[number], string>> = {
  cached: 'Cached',
  resolution: 'Resolution',
  quality: 'Quality',
  language: 'Language',
  size: 'Size',
  seeders: 'Seeders',
  created_at: 'Date added',
  watched_count: 'Times watched',
  codec: 'Video codec',
  hdr: 'HDR',
  audio: 'Audio',
  type: 'Stream type',
};
interface Need {
  readonly capability: CapabilityName;
  /** Said where it is missing. */
  readonly note: string;
}

const NEEDS: Partial<Readonly<Record<(typeof SORT_KEYS)[number], Need>>> = {
  cached: {
    capability: 'cachedStreams',
    note: 'Orders nothing: it needs a service that is not available on this server yet.',
  },
  watched_count: {
    capability: 'watchedCount',
    note: 'Orders nothing: what is watched is not counted on this server yet.',
  },
};
const AMOUNTS: ReadonlySet<string> = new Set(['size', 'seeders', 'created_at', 'watched_count']);

export interface PageOptionParts {
  readonly identity: AddonIdentity;
  readonly instance: InstanceOffer;
  /** Names of services that have a login by a code here. */
  readonly codeLogins: ReadonlySet<string>;
}

/** @param baseUrl what install links begin with */
export function pageOptions(
  { identity, instance, codeLogins }: PageOptionParts,
  baseUrl: string,
): object {
  const { catalogs, logoUrl, ...addon } = identity;
  const { capabilities } = instance;
  return {
    addon: { ...addon, logo: logoUrl ?? baseUrl + LOGO_PATH, baseUrl },
    limits: { tokenCharsMax: TOKEN_CHARS_MAX, ...LIMITS },
    profiles: true,
    capabilities: capabilities.table(),
    providers: SERVICES.map((service) => ({
      ...service,
      available: capabilities.has(service.service),
      codeLogin: codeLogins.has(service.service),
      options: providerOptions(service),
    })),
    catalogs: catalogs.map((catalog) => ({
      ...catalog,
      sorts: catalog.defaultSort === null ? [] : CATALOG_SORTS,
    })),
    resolutions: choices(RESOLUTION_NAMES),
    qualityGroups: QUALITY_GROUPS.map(({ value, label, members }) => ({ value, label, members })),
    hdrFormats: choices(HDR_NAMES),
    codecs: choices(CODEC_NAMES),
    audioFormats: choices(AUDIO_NAMES),
    channels: choices(CHANNEL_NAMES),
    languages: choices(LANGUAGE_NAMES),
    nudity: NUDITY_NAMES.filter((name) => name !== 'Disable').map((value) => ({
      value,
      label: value,
    })),
    certificates: CERTIFICATE_NAMES.filter((name) => name !== 'Disable').map((value) => ({
      value,
      label: value,
    })),
    sortKeys: SORT_KEYS.map((key) => ({
      key,
      label: SORT_LABELS[key],
      directions: directionsOf(key),
      note: noteOf(key, capabilities),
    })),
    streamTypes: STREAM_TYPE_NAMES.map(({ value, label, capability }) => ({
      value,
      label,
      available: capability === null || capabilities.has(capability),
    })),
    dropRules: DROP_RULE_NAMES,
    template: { t: DEFAULT_TEMPLATE.title, d: DEFAULT_TEMPLATE.description },
    templateVariables: STREAM_VARIABLES.map(({ path, example, description }) => ({
      path,
      example,
      description,
    })),
    templateModifiers: [...MODIFIERS].map(([name, { description }]) => ({ name, description })),
    defaults: Object.fromEntries(
      USER_CONFIG_FIELDS.all
        .filter(({ fallback }) => fallback !== undefined)
        .map(({ short, fallback }) => [short, fallback]),
    ),
    sources: {
      shared: instance.sharedSources,
      liveSearch: instance.liveSearchDefault ?? true,
      deadlineMs: instance.liveSearchDeadlineMs,
    },
    imports: instance.userImports,
    textPaths: textPaths(USER_CONFIG_FIELDS),
    presets: PRESET_GROUPS,
  };
}

function choices(names: readonly NameMap<string>[]) {
  return names.map(({ value, label }) => ({ value, label }));
}

function noteOf(key: (typeof SORT_KEYS)[number], capabilities: Capabilities): string | null {
  const need = NEEDS[key];
  return need === undefined || capabilities.has(need.capability) ? null : need.note;
}

function directionsOf(key: string): { readonly desc: string; readonly asc: string } {
  return AMOUNTS.has(key)
    ? { desc: 'most first', asc: 'least first' }
    : { desc: 'best first', asc: 'worst first' };
}

/** Switches of `sps[]` that make sense for a kind of service. */
function providerOptions({ service, kind, supportsUsenet }: Service): readonly string[] {
  if (kind === 'p2p' || service === 'stremio_nntp') return [];
  if (kind === 'usenet') return ['oscs', 'ewc', 'umf'];
  return ['oscs', 'ewc', 'umf', 'pne', 'pnd', ...(supportsUsenet ? ['eun'] : [])];
}
