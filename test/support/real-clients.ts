/** qBittorrent, rclone's WebDAV server and aria2 as a seeder, all on loopback and without a way to anybody else. */
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { skipWithout, startProgram, type OwnProgram } from './own-program.ts';

export const skipWithoutClients = skipWithout(
  'qbittorrent-nox',
  'rclone',
  'aria2c',
  'ffmpeg',
  'ffprobe',
);

/** Name and password of both. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface RealServer extends AsyncDisposable {
  readonly url: string;
}

export interface RealClient extends RealServer {
  /** Where it saves to. */
  readonly downloads: string;
}

export async function startQbittorrent({ user, password }: Login): Promise<RealClient> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-qbittorrent-'));
  const downloads = join(folder, 'downloads');
  const [webPort, peerPort] = [await freePort(), await freePort()];
  const profile = join(folder, 'qBittorrent/config');
  await mkdir(profile, { recursive: true });
  await mkdir(downloads);
  const settings = [
    '[LegalNotice]',
    'Accepted=true',
    '[BitTorrent]',
    'Session\\DHTEnabled=false',
    'Session\\LSDEnabled=false',
    'Session\\PeXEnabled=false',
    `Session\\Port=${peerPort}`,
    'Session\\Interface=lo',
    'Session\\InterfaceName=lo',
    'Session\\InterfaceAddress=127.0.0.1',
    `Session\\DefaultSavePath=${downloads}`,
    '[Network]',
    'PortForwardingEnabled=false',
    '[Preferences]',
    'WebUI\\Address=127.0.0.1',
    `WebUI\\Port=${webPort}`,
    'WebUI\\LocalHostAuth=true',
    'WebUI\\UseUPnP=false',
    `WebUI\\Username=${user}`,
    `WebUI\\Password_PBKDF2="@ByteArray(${hashed(password)})"`,
  ];
  await writeFile(join(profile, 'qBittorrent.conf'), `${settings.join('\n')}\n`);
  const url = `http://localhost:${webPort}`;
  const program = await startProgram(
    'qbittorrent-nox',
    [`--profile=${folder}`],
    { HOME: folder },
    async () => (await fetch(`${url}/api/v2/app/version`)).status === 403,
  );
  return { url, downloads, ...ending(program, folder) };
}

export const skipWithoutNzbGet = skipWithout('nzbget', 'rclone', 'ffmpeg', 'ffprobe');

export async function startNzbGet(
  { user, password }: Login,
  newsPort: number,
): Promise<RealClient> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-nzbget-'));
  const downloads = join(folder, 'complete');
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const options = {
    MainDir: folder,
    DestDir: downloads,
    OutputMode: 'log',
    ControlIP: '127.0.0.1',
    ControlPort: String(port),
    ControlUsername: user,
    ControlPassword: password,
    'Server1.Active': 'yes',
    'Server1.Host': '127.0.0.1',
    'Server1.Port': String(newsPort),
    'Server1.Connections': '2',
    'Server1.Encryption': 'no',
    'Category1.Name': 'films',
    UrlTimeout: '10',
    UrlRetries: '0',
    UrlInterval: '1',
    ArticleTimeout: '10',
  };
  await mkdir(downloads);
  const program = await startProgram(
    'nzbget',
    ['-n', '-s', ...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`])],
    { HOME: folder },
    async () => (await fetch(`${url}/jsonrpc/version`)).status === 401,
  );
  return { url, downloads, ...ending(program, folder) };
}

/** Debian has it among `contrib`, which CI does not install. */
export const skipWithoutSabnzbd = skipWithout('sabnzbdplus', 'rclone', 'ffmpeg', 'ffprobe');

export const SABNZBD_KEY = 'a'.repeat(32);

export async function startSabnzbd(newsPort: number): Promise<RealClient> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sabnzbd-'));
  const downloads = join(folder, 'complete');
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const settings = [
    '[misc]',
    'host = 127.0.0.1',
    `port = ${port}`,
    `api_key = ${SABNZBD_KEY}`,
    `nzb_key = ${'b'.repeat(32)}`,
    `download_dir = ${join(folder, 'incomplete')}`,
    `complete_dir = ${downloads}`,
    'auto_browser = 0',
    'check_new_rel = 0',
    'config_conversion_version = 4',
    'max_art_tries = 1',
    '[servers]',
    '[[127.0.0.1]]',
    'name = 127.0.0.1',
    'displayname = 127.0.0.1',
    'host = 127.0.0.1',
    `port = ${newsPort}`,
    'timeout = 10',
    'connections = 2',
    'ssl = 0',
    'enable = 1',
    '[categories]',
    '[[*]]',
    'name = *',
    'pp = 3',
    'script = None',
    '[[films]]',
    'name = films',
    'dir = films',
  ];
  await mkdir(downloads);
  const file = join(folder, 'sabnzbd.ini');
  await writeFile(file, `${settings.join('\n')}\n`);
  const program = await startProgram(
    'sabnzbdplus',
    ['--config-file', file, '--server', `127.0.0.1:${port}`, '--browser', '0', '--logging', '0'],
    { HOME: folder },
    async () => (await fetch(`${url}/api?mode=version&output=json`)).ok,
  );
  return { url, downloads, ...ending(program, folder) };
}

export async function startRclone(shared: string, login?: Login): Promise<RealServer> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const credentials = login === undefined ? [] : ['--user', login.user, '--pass', login.password];
  const program = await startProgram(
    'rclone',
    [
      'serve',
      'webdav',
      shared,
      '--addr',
      `127.0.0.1:${port}`,
      '--dir-cache-time',
      '1ms',
      ...credentials,
    ],
    { HOME: shared, RCLONE_CONFIG: join(shared, '.rclone.conf') },
    async () => [200, 401].includes((await fetch(url)).status),
  );
  return { url, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** @param folder that holds what the torrent file says; resolves when it takes peers */
export async function startSeeder(
  torrentFile: string,
  folder: string,
): Promise<OwnProgram & { readonly port: number }> {
  const [port, rpcPort] = [await freePort(), await freePort()];
  const program = await startProgram(
    'aria2c',
    [
      '--no-conf',
      '--enable-dht=false',
      '--enable-dht6=false',
      '--bt-enable-lpd=false',
      '--enable-peer-exchange=false',
      '--disable-ipv6',
      '--interface=127.0.0.1',
      `--listen-port=${port}`,
      '--enable-rpc',
      `--rpc-listen-port=${rpcPort}`,
      '--check-integrity',
      '--seed-ratio=0.0',
      '--bt-tracker-connect-timeout=2',
      `--dir=${folder}`,
      torrentFile,
    ],
    { HOME: folder },
    () => isSeeding(rpcPort),
  );
  return { port, ...program };
}

async function isSeeding(rpcPort: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${rpcPort}/jsonrpc`, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'aria2.tellActive', params: [] }),
  });
  return (await answer.text()).includes('"seeder":"true"');
}

function ending(program: OwnProgram, folder: string): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As qBittorrent keeps passwords. */
function hashed(password: string): string {
  const salt = randomBytes(16);
  const hash = pbkdf2Sync(password, salt, 100_000, 64, 'sha512');
  return `${salt.toString('base64')}:${hash.toString('base64')}`;
}
