/** Prowlarr: a list of indexers with their states, and each one's Newznab/Torznab endpoint. */
import { createHash } from 'node:crypto';
import { bencode } from '../bencode.ts';
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';
import { torznabAnswer, type FakeIndexer } from './torznab.ts';
import { WORKS } from './works.ts';

export interface FakeProwlarrIndexer extends FakeIndexer {
  readonly id: number;
  readonly name: string;
  readonly isEnabled?: boolean;
  readonly protocol?: 'torrent' | 'usenet';
  readonly privacy?: 'public' | 'semiPrivate' | 'private';
  readonly priority?: number;
  /** ISO date until which Prowlarr leaves it out after failures. */
  readonly disabledTill?: string;
  /** Films and series when absent. */
  readonly categories?: readonly number[];
}

export interface ProwlarrOptions extends Partial<Omit<UpstreamOptions, 'answer'>> {
  readonly apiKey: string;
  readonly indexers: readonly FakeProwlarrIndexer[];
}

const ENDPOINT = /^(?:\/api\/v1\/indexer)?\/(\d+)\/(api|newznab|download)(?:\/|$)/;

export async function startProwlarr(options: ProwlarrOptions): Promise<FakeUpstream> {
  let base = '';
  const answer = (asked: Asked) => answerOf(asked, options, base);
  const upstream = await FakeUpstream.start({ ...options, answer });
  base = upstream.url;
  return upstream;
}

function answerOf(asked: Asked, options: ProwlarrOptions, base: string): Answer | undefined {
  const { path, query, headers } = asked;
  const [, id, endpoint] = ENDPOINT.exec(path) ?? [];
  const key = headers['x-api-key'] ?? query.get('apikey');
  if (id !== undefined && endpoint !== 'download') {
    const indexer = options.indexers.find((candidate) => candidate.id === Number(id));
    if (indexer === undefined) return json({ message: 'Indexer not found' }, 404);
    if (key !== options.apiKey) return json({ error: 'Unauthorized' }, 401);
    const withKey = new URLSearchParams(query);
    withKey.set('apikey', options.apiKey);
    return torznabAnswer(withKey, {
      ...indexer,
      title: indexer.name,
      apiKey: options.apiKey,
      isUsenet: indexer.protocol === 'usenet',
      downloadBase: `${base}/${id}`,
    });
  }
  if (key !== options.apiKey) return json({ error: 'Unauthorized' }, 401);
  if (endpoint === 'download') return torrentFile(query.get('link') ?? '');
  if (path === '/api/v1/system/status')
    return json({ appName: 'Prowlarr', instanceName: 'Prowlarr', version: '1.30.2.4939' });
  if (path === '/api/v1/indexer') return json(options.indexers.map(indexerResource));
  if (path === '/api/v1/indexerstatus')
    return json(options.indexers.filter(({ disabledTill }) => disabledTill).map(statusResource));
  return undefined;
}

function indexerResource(indexer: FakeProwlarrIndexer): unknown {
  return {
    id: indexer.id,
    name: indexer.name,
    enable: indexer.isEnabled ?? true,
    protocol: indexer.protocol ?? 'torrent',
    privacy: indexer.privacy ?? 'public',
    priority: indexer.priority ?? 25,
    supportsRss: true,
    supportsSearch: true,
    redirect: false,
    fields: [{ name: 'apiKey', value: '********' }],
    capabilities: {
      limitsMax: indexer.limitMax ?? 100,
      categories: (indexer.categories ?? [2000, 5000]).map((id) => ({
        id,
        name: '',
        subCategories: [],
      })),
      searchParams: ['q'],
      movieSearchParams: indexer.knows?.movie === false ? [] : idParameters(indexer, ['q']),
      tvSearchParams:
        indexer.knows?.tv === false ? [] : idParameters(indexer, ['q', 'season', 'ep']),
    },
    tags: [],
  };
}

function idParameters({ byImdb }: FakeIndexer, others: readonly string[]): readonly string[] {
  return byImdb === false ? others : [...others, 'imdbId'];
}

function statusResource({ id, disabledTill }: FakeProwlarrIndexer): unknown {
  return { id, indexerId: id, disabledTill, mostRecentFailure: disabledTill };
}

/** Of the release with this hash; made-up hashes belong to no file, so that the file's own hash is another one. */
function torrentFile(infohash: string): Answer {
  const release = WORKS.flatMap((work) => work.releases).find(
    (candidate) => candidate.infohash === infohash,
  );
  if (release === undefined) return json({ message: 'Release not found' }, 404);
  return {
    contentType: 'application/x-bittorrent',
    body: bencode({ info: torrentInfo(release) }),
  };
}

function torrentInfo(release: { name: string; sizeBytes: number }) {
  return {
    length: release.sizeBytes,
    name: release.name,
    'piece length': 2 ** 22,
    pieces: Buffer.alloc(20, 1),
  };
}

/** Hash of the file that a download of the release gives. */
export function downloadedInfohash(release: { name: string; sizeBytes: number }): string {
  return createHash('sha1')
    .update(bencode(torrentInfo(release)))
    .digest('hex');
}
