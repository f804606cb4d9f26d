/** A real Kodi with pvr.iptvsimple reads a viewer's list and guide, and plays a channel. Skipped where it is not installed. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { xmltvTime } from '../../../src/lib/xmltv/time.ts';
import { skipWithoutKodi, startKodi, type Kodi } from '../../support/kodi.ts';
import { skipWithout } from '../../support/own-program.ts';
import { startPrefixProxy, type PrefixProxy } from '../../support/prefix-proxy.ts';
import { eventually } from '../../support/processes.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import {
  playPieces,
  startTvProvider,
  testPicture,
  testPieces,
  type TvProvider,
} from '../../support/tv-provider.ts';

const KEY = 'a-key-of-this-test';
const LIMIT_MS = 60_000;
const HOUR_MS = 3_600_000;
const LOGO = 'http://127.0.0.1:9/one.png';

const NAMES = [
  'Two, with comma',
  'Three "quoted"',
  'Four "quoted", with comma',
  'Five, two, "q" end',
];

interface KodiChannel {
  readonly channelid: number;
  readonly channel: string;
  readonly icon: string;
}

interface Broadcast {
  readonly title: string;
  readonly starttime: string;
}

/** As lists say it: Kodi reads names with commas and quotes wrongly. */
function listed(name: string): string {
  return name.includes(',') ? name.replaceAll('"', "'") : name;
}

const skip = skipWithoutPostgres || skipWithout('ffmpeg') || skipWithoutKodi;

describe('a real Kodi', { skip }, () => {
  let app: RunningApp;
  let tv: TvProvider;
  let kodi: Kodi;
  /** What Kodi asks goes through it, to be seen. */
  let proxy: PrefixProxy;
  const startMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

  before(async () => {
    tv = await startTvProvider({ '/one.ts': await testPicture('red', 30) });
    const programmes = ['Now: "A & B" ü', 'Next'].map((title, at) => {
      const [from, until] = [at, at + 1].map((hours) => xmltvTime(startMs + hours * HOUR_MS));
      const escaped = title.replace('&', '&amp;');
      return `<programme start="${from}" stop="${until}" channel="one.uk"><title>${escaped}</title></programme>`;
    });
    const guide = `<tv><channel id="one.uk"><display-name>One</display-name></channel>${programmes.join('')}</tv>`;
    tv.answers.set('/guide.xml', (response) => response.end(guide));
    app = await startApp({
      mode: 'external-1',
      environment: {
        CINEMETA_URL: 'none',
        ANIME_LIST_URL: 'none',
        REDIS_URL: '',
        WORKER_SINGLE_MODE: 'true',
        API_PASSWORD: KEY,
        FETCH_ALLOW_PRIVATE: '127.0.0.1',
      },
    });
    const settings = { name: 'Provider', mode: 'proxy', slots_max: 1 };
    const { id } = await operator('/providers', settings);
    await succeeded(await operator(`/providers/${String(id)}/playlist`, list()));
    await succeeded(await operator('/guides', { name: 'Guide', url: `${tv.url}/guide.xml` }));
    const viewer = await operator('/viewers', { name: 'Kodi' });
    proxy = await startPrefixProxy('', app.baseUrl);
    const [m3u = '', guideUrl = ''] = [viewer['m3u'], viewer['guide']].map((url) =>
      String(url).replace(app.baseUrl, proxy.origin),
    );
    kodi = await startKodi(m3u, guideUrl);
  });
  after(async () => {
    const opened: readonly (AsyncDisposable | undefined)[] = [kodi, proxy, app, tv];
    for (const one of opened) await one?.[Symbol.asyncDispose]();
  });

  function list(): string {
    return [
      '#EXTM3U',
      `#EXTINF:-1 tvg-id="one.uk" tvg-logo="${LOGO}" group-title="News;UK",One`,
      '#KODIPROP:mimetype=video/mp2t',
      `${tv.url}/one.ts`,
      ...NAMES.flatMap((name) => [
        `#EXTINF:-1 group-title="Sport",${name}`,
        `${tv.url}/${name}.ts`,
      ]),
      '#EXTINF:-1 group-title="Sport",List',
      `${tv.url}/list/index.m3u8`,
      '#EXTINF:-1 radio="true" group-title="Music",Waves',
      `${tv.url}/waves.ts`,
    ].join('\n');
  }

  async function operator(path: string, body: object | string): Promise<Record<string, unknown>> {
    const response = await fetch(`${app.baseUrl}/api/v1/iptv${path}`, {
      method: 'POST',
      headers: { 'x-api-key': KEY },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text) as Record<string, unknown>;
  }

  async function succeeded({ job }: Record<string, unknown>): Promise<void> {
    const isOver = async () => {
      const response = await fetch(`${app.baseUrl}/api/v1/admin/tasks/${String(job)}`, {
        headers: { 'x-api-key': KEY },
      });
      return ((await response.json()) as { state: string }).state === 'succeeded';
    };
    assert.ok(await poll(isOver, { everyMs: 50, timeoutMs: LIMIT_MS }));
  }

  async function channelsOf(group: 'alltv' | 'allradio'): Promise<readonly KodiChannel[]> {
    const asked = { channelgroupid: group, properties: ['channel', 'icon'] };
    // It answers with an error until the client has read the list.
    const answer = await kodi
      .call<{ channels?: readonly KodiChannel[] }>('PVR.GetChannels', asked)
      .catch(() => ({ channels: [] }));
    return answer.channels ?? [];
  }

  async function groupsOf(channeltype: 'tv' | 'radio'): Promise<readonly string[]> {
    const { channelgroups } = await kodi.call<{ channelgroups: readonly { label: string }[] }>(
      'PVR.GetChannelGroups',
      { channeltype },
    );
    return channelgroups.map(({ label }) => label);
  }

  test('has the channels with their groups and logos, radio apart', async () => {
    await eventually('it has read the list', LIMIT_MS, async () => {
      return (await channelsOf('alltv')).length === NAMES.length + 2;
    });
    const channels = await channelsOf('alltv');
    assert.deepEqual(
      new Set(channels.map(({ channel }) => channel)),
      new Set(['One', 'List', ...NAMES.map(listed)]),
    );
    assert.equal(channels.find(({ channel }) => channel === 'One')?.icon, LOGO);
    assert.deepEqual(
      (await channelsOf('allradio')).map(({ channel }) => channel),
      ['Waves'],
    );
    for (const group of ['News', 'UK', 'Sport'])
      assert.ok((await groupsOf('tv')).includes(group), group);
    assert.ok((await groupsOf('radio')).includes('Music'));
  });

  test('has the programmes of a channel, at their times', async () => {
    const [one] = (await channelsOf('alltv')).filter(({ channel }) => channel === 'One');
    const asked = { channelid: one?.channelid, properties: ['title', 'starttime'] };
    let broadcasts: readonly Broadcast[] = [];
    await eventually('it has read the guide', LIMIT_MS, async () => {
      const answer = await kodi.call<{ broadcasts?: readonly Broadcast[] }>(
        'PVR.GetBroadcasts',
        asked,
      );
      broadcasts = answer.broadcasts ?? [];
      return broadcasts.length >= 2;
    });
    const at = (hours: number) =>
      new Date(startMs + hours * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ');
    const real = broadcasts.filter(({ title }) => title.startsWith('N'));
    assert.deepEqual(
      real.map(({ title, starttime }) => [title, starttime]),
      [
        ['Now: "A & B" ü', at(0)],
        ['Next', at(1)],
      ],
    );
  });

  async function play(name: string): Promise<void> {
    const [found] = (await channelsOf('alltv')).filter(({ channel }) => channel === name);
    await kodi.call('Player.Open', { item: { channelid: found?.channelid } });
    interface Playing {
      readonly currentvideostream: { readonly width: number } | null;
      readonly time: { readonly minutes: number; readonly seconds: number };
    }
    let playing: Playing | undefined;
    await eventually('a picture of the channel', LIMIT_MS, async () => {
      const properties = ['time', 'currentvideostream'];
      const asked = { playerid: 1, properties };
      playing = await kodi.call<Playing>('Player.GetProperties', asked).catch(() => undefined);
      return playing?.currentvideostream?.width === 160;
    });
  }

  test('plays a channel by one connection to the provider, whatever it asks before', async () => {
    await play('One');
    assert.deepEqual([tv.mostOpen, tv.open.get('/one.ts')], [1, 1]);
    await kodi.call('Player.Stop', { playerid: 1 });
    await eventually('it is closed', LIMIT_MS, () => tv.open.get('/one.ts') === 0);
  });

  test('plays a channel that is a playlist, by addresses of this server', async () => {
    playPieces(tv.answers, '/list', await testPieces('blue', 60));
    await play('List');
    await kodi.call('Player.Stop', { playerid: 1 });
  });

  test('keeps its copy of a list that has not changed, by its date', async () => {
    const askedFor = (method: string) =>
      proxy.requests.filter((line) => line.startsWith(method) && line.endsWith('/playlist.m3u'))
        .length;
    const [read, looked] = [askedFor('GET'), askedFor('HEAD')];
    assert.ok(read > 0);
    await kodi.restart();
    await eventually('it has its channels', LIMIT_MS, async () => {
      return (await channelsOf('alltv')).length > 0;
    });
    await eventually('it has looked', LIMIT_MS, () => askedFor('HEAD') > looked);
    assert.equal(askedFor('GET'), read, proxy.requests.join('\n'));
  });
});
