/**
 * The services that a user can name as a streaming provider: what they are called, what they can play, and
 * which credentials they need. Keys are those of the configuration (`sps[]`), dots lead into nested objects.
 */

export type ServiceKind = 'debrid' | 'usenet' | 'client' | 'p2p';

export interface Credential {
  /** `tk`, or `qbc.qur` for a field of a nested object. */
  readonly key: string;
  readonly label: string;
  readonly type: 'secret' | 'text' | 'url' | 'number';
  readonly required: boolean;
}

export interface Service {
  /** Value of `sps[].sv`. */
  readonly service: string;
  readonly name: string;
  /** Short label in names of add-ons and streams; empty when the service has none. */
  readonly label: string;
  readonly kind: ServiceKind;
  readonly supportsTorrents: boolean;
  readonly supportsUsenet: boolean;
  readonly credentials: readonly Credential[];
}

const TOKEN: readonly Credential[] = [
  { key: 'tk', label: 'API token', type: 'secret', required: true },
];
const ACCOUNT: readonly Credential[] = [
  { key: 'em', label: 'E-mail', type: 'text', required: true },
  { key: 'pw', label: 'Password', type: 'secret', required: true },
];

function debrid(service: string, name: string, label: string, credentials = TOKEN): Service {
  return {
    service,
    name,
    label,
    kind: 'debrid',
    supportsTorrents: true,
    supportsUsenet: false,
    credentials,
  };
}

function usenet(service: string, name: string, credentials: readonly Credential[]): Service {
  return {
    service,
    name,
    label: '',
    kind: 'usenet',
    supportsTorrents: false,
    supportsUsenet: true,
    credentials,
  };
}

/** @param isRequired it is not its own share */
function withWebDav(
  prefix: string,
  login: readonly Credential[],
  isRequired = true,
): readonly Credential[] {
  return [
    { key: `${prefix}.u`, label: 'Address', type: 'url', required: true },
    ...login,
    { key: `${prefix}.wur`, label: 'WebDAV address', type: 'url', required: isRequired },
    { key: `${prefix}.wus`, label: 'WebDAV user', type: 'text', required: false },
    { key: `${prefix}.wpw`, label: 'WebDAV password', type: 'secret', required: false },
  ];
}

function apiKey(prefix: string): readonly Credential[] {
  return [{ key: `${prefix}.ak`, label: 'API key', type: 'secret', required: true }];
}

function login(prefix: string): readonly Credential[] {
  return [
    { key: `${prefix}.un`, label: 'User', type: 'text', required: true },
    { key: `${prefix}.pw`, label: 'Password', type: 'secret', required: true },
  ];
}

/** Labels and order: as the page shows them. */
export const SERVICES: readonly Service[] = [
  debrid('realdebrid', 'Real-Debrid', 'RD'),
  { ...debrid('torbox', 'TorBox', 'TRB'), supportsUsenet: true },
  debrid('premiumize', 'Premiumize', 'PM'),
  debrid('alldebrid', 'AllDebrid', 'AD'),
  debrid('debridlink', 'Debrid-Link', 'DL'),
  debrid('offcloud', 'Offcloud', 'OC'),
  debrid('easydebrid', 'EasyDebrid', 'ED'),
  { ...debrid('debrider', 'Debrider', 'DBR'), supportsUsenet: true },
  debrid('pikpak', 'PikPak', 'PKP', ACCOUNT),
  debrid('seedr', 'Seedr', 'SDR'),
  debrid('stremthru', 'StremThru', 'ST', [
    { key: 'u', label: 'Address', type: 'url', required: false },
    ...TOKEN,
    { key: 'stsn', label: 'Store name', type: 'text', required: false },
  ]),
  debrid('torrin', 'Torrin', 'TRN', [
    { key: 'u', label: 'Address', type: 'url', required: false },
    ...TOKEN,
  ]),
  {
    service: 'qbittorrent',
    name: 'qBittorrent + WebDAV',
    label: 'QB',
    kind: 'client',
    supportsTorrents: true,
    supportsUsenet: false,
    credentials: [
      { key: 'qbc.qur', label: 'qBittorrent address', type: 'url', required: true },
      { key: 'qbc.qus', label: 'qBittorrent user', type: 'text', required: false },
      { key: 'qbc.qpw', label: 'qBittorrent password', type: 'secret', required: false },
      { key: 'qbc.wur', label: 'WebDAV address', type: 'url', required: true },
      { key: 'qbc.wus', label: 'WebDAV user', type: 'text', required: false },
      { key: 'qbc.wpw', label: 'WebDAV password', type: 'secret', required: false },
      { key: 'qbc.wdp', label: 'Downloads path', type: 'text', required: false },
      { key: 'qbc.stl', label: 'Seeding minutes', type: 'number', required: false },
      { key: 'qbc.srl', label: 'Seeding ratio', type: 'number', required: false },
    ],
  },
  usenet('sabnzbd', 'SABnzbd', withWebDav('sbc', apiKey('sbc'))),
  usenet('nzbget', 'NZBGet', withWebDav('ngc', login('ngc'))),
  usenet('nzbdav', 'NzbDAV', withWebDav('ndc', apiKey('ndc'), false)),
  usenet('easynews', 'Easynews', login('enc')),
  usenet('stremio_nntp', 'Stremio NNTP', [
    { key: 'u', label: 'News server address', type: 'text', required: true },
  ]),
  {
    service: 'p2p',
    name: 'Direct torrent (P2P)',
    label: 'P2P',
    kind: 'p2p',
    supportsTorrents: true,
    supportsUsenet: false,
    credentials: [],
  },
];

const BY_NAME: ReadonlyMap<string, Service> = new Map(
  SERVICES.map((service) => [service.service, service]),
);

/** Undefined for a service that this version does not know. */
export function serviceOf(name: string): Service | undefined {
  return BY_NAME.get(name);
}
