/** Stremio add-ons with stream lists as the well-known ones write them. */
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';
import { releasesOf, workByImdb, WORKS, type FakeRelease, type FakeWork } from './works.ts';

export type AddonStyle = 'torrentio' | 'comet' | 'mediafusion' | 'peerflix';

export interface AddonOptions extends Partial<Omit<UpstreamOptions, 'answer'>> {
  readonly style?: AddonStyle;
  readonly name?: string;
  readonly works?: readonly FakeWork[];
  /** A path before `/manifest.json`: settings, with somebody's credentials in them. */
  readonly settings?: string;
  /** Replaces parts of the manifest. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Rows that are put before each list. */
  readonly extraStreams?: readonly unknown[];
}

const STREAM = /^\/stream\/(movie|series)\/([^/]+)\.json$/;

export function startAddon(options: AddonOptions = {}): Promise<FakeUpstream> {
  return FakeUpstream.start({ ...options, answer: (asked) => addonAnswer(asked, options) });
}

/** What the add-on answers; paths with a query are unknown to it, as to those of the SDK. */
export function addonAnswer({ path, query }: Asked, options: AddonOptions): Answer | undefined {
  const prefix = options.settings === undefined ? '' : `/${options.settings}`;
  if (!path.startsWith(`${prefix}/`) || query.size > 0) return undefined;
  const route = path.slice(prefix.length);
  if (route === '/manifest.json') return json(manifestOf(options));
  const [, type, id = ''] = STREAM.exec(route) ?? [];
  if (type === undefined) return undefined;
  const [imdbId = '', season = '0', episode = '0'] = id.split(':');
  const work = workByImdb(imdbId, options.works ?? WORKS);
  const releases = work?.type === type ? releasesOf(work, Number(season), Number(episode)) : [];
  const style = STYLES[options.style ?? 'torrentio'];
  return json({ streams: [...(options.extraStreams ?? []), ...releases.map(style)] });
}

function manifestOf({ name = 'Fake', manifest }: AddonOptions): unknown {
  return {
    id: 'org.example.fake',
    version: '1.2.3',
    name,
    description: 'Streams of works that anybody may share',
    resources: [{ name: 'stream', types: ['movie', 'series'], idPrefixes: ['tt'] }],
    types: ['movie', 'series'],
    catalogs: [],
    ...manifest,
  };
}

const sizeText = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GB`;

const STYLES: Readonly<Record<AddonStyle, (release: FakeRelease) => unknown>> = {
  torrentio: (release) => ({
    name: 'Torrentio\n720p',
    title: `${release.name}\n${release.filename}\n👤 ${release.seeders} 💾 ${sizeText(release.sizeBytes)} ⚙️ FakeTracker`,
    infoHash: release.infohash,
    fileIdx: release.fileIndex,
    behaviorHints: { bingeGroup: 'torrentio|720p|x264', filename: release.filename },
    sources: ['tracker:udp://tracker.example:80/announce', `dht:${release.infohash}`],
  }),
  comet: (release) => ({
    name: '[TORRENT🧲] Comet 720p',
    description: `${release.name}\n💿 BluRay|avc\n💾 ${sizeText(release.sizeBytes)} 🔎 FakeTracker`,
    infoHash: release.infohash,
    fileIdx: release.fileIndex,
    behaviorHints: {
      bingeGroup: `comet|${release.infohash}`,
      videoSize: release.sizeBytes,
      filename: release.filename,
    },
  }),
  mediafusion: (release) => ({
    name: 'MediaFusion 🧲 P2P ⏳ 720P',
    description: `📺 BluRay 🎞️ avc\n📦 ${sizeText(release.sizeBytes)}\n🌐 English\n🔗 FakeTracker`,
    infoHash: release.infohash,
    fileIdx: release.fileIndex,
    behaviorHints: { filename: release.filename, videoSize: release.sizeBytes },
  }),
  peerflix: (release) => ({
    name: 'Peerflix 🇬🇧 720p',
    title: `${release.name}\n  👤 ${release.seeders} 💾 ${sizeText(release.sizeBytes)} 🌐 FakeTracker`,
    infoHash: release.infohash,
    fileIdx: release.fileIndex,
  }),
};
