/** A real Kodi with its client for IPTV lists, under a screen of its own, asked over JSON-RPC on loopback. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { poll, settledWithin } from '../../src/lib/async/wait.ts';
import { freePort } from './free-port.ts';
import { skipWithout } from './own-program.ts';

/** Debian: kodi, kodi-pvr-iptvsimple, xvfb. No run of all tests installs them. */
export const skipWithoutKodi = skipWithout('kodi', 'xvfb-run');

const READY_MS = 60_000;
const ANSWER_MS = 10_000;
const STOP_MS = 20_000;
const CLIENT = 'pvr.iptvsimple';

export interface Kodi extends AsyncDisposable {
  /** @throws Error with what Kodi said when it refuses, or says nothing for 10 s */
  call<T>(method: string, parameters?: object): Promise<T>;
  /** With what it has kept. */
  restart(): Promise<void>;
}

/** With these lists of channels and programmes, by their addresses. */
export async function startKodi(m3uUrl: string, guideUrl: string): Promise<Kodi> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-kodi-'));
  const port = await freePort();
  const call = <T>(method: string, parameters: object = {}) => ask<T>(port, method, parameters);
  let running: AsyncDisposable | undefined;
  const stop = async () => {
    await running?.[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  };
  try {
    await writeSettings(join(home, '.kodi', 'userdata'), port, m3uUrl, guideUrl);
    running = await launch(home, call);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    call,
    restart: async () => {
      await running?.[Symbol.asyncDispose]();
      running = undefined;
      running = await launch(home, call);
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function launch(home: string, call: Kodi['call']): Promise<AsyncDisposable> {
  // A group of its own: the wrapper leaves its children behind when it is ended itself.
  const child = spawn('xvfb-run', ['-a', 'kodi', '--standalone'], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home },
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    await call('Application.Quit').catch(() => undefined);
    const isOver = await settledWithin(ended, STOP_MS);
    if (!isOver && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  const isReady = () =>
    call('Addons.SetAddonEnabled', { addonid: CLIENT, enabled: true }).then(
      () => true,
      () => false,
    );
  if (await poll(isReady, { everyMs: 500, timeoutMs: READY_MS }))
    return { [Symbol.asyncDispose]: stop };
  await stop();
  throw new Error('Kodi does not answer');
}

async function writeSettings(folder: string, port: number, m3u: string, guide: string) {
  const client = join(folder, 'addon_data', CLIENT);
  await mkdir(client, { recursive: true });
  const settings = (values: Readonly<Record<string, string>>) => {
    const lines = Object.entries(values).map(
      ([id, value]) => `<setting id="${id}">${value}</setting>`,
    );
    return `<settings version="2">${lines.join('')}</settings>`;
  };
  const jsonRpc = `<jsonrpc><tcpport>${port}</tcpport></jsonrpc>`;
  await Promise.all([
    writeFile(
      join(folder, 'advancedsettings.xml'),
      `<advancedsettings>${jsonRpc}</advancedsettings>`,
    ),
    writeFile(
      join(folder, 'guisettings.xml'),
      settings({
        'services.esenabled': 'true',
        'services.esallinterfaces': 'false',
        'services.webserver': 'false',
        'general.addonupdates': '2',
      }),
    ),
    writeFile(
      join(client, 'settings.xml'),
      settings({
        m3uPathType: '1',
        m3uUrl: m3u,
        epgPathType: '1',
        epgUrl: guide,
        logoFromEpg: '0',
      }),
    ),
  ]);
}

/** One question, on a connection of its own: Kodi sends what happens on it, too. */
function ask<T>(port: number, method: string, params: object): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    const end = (settle: () => void) => {
      socket.destroy();
      settle();
    };
    socket.setTimeout(ANSWER_MS, () => end(() => reject(new Error(`no answer to ${method}`))));
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('close', () => reject(new Error(`closed before ${method} was answered: ${said}`)));
    socket.on('data', (piece) => {
      said += piece.toString();
      const answer = answerIn(said);
      if (answer?.result !== undefined) end(() => resolve(answer.result as T));
      else if (answer !== null) end(() => reject(new Error(`${method}: ${said}`)));
    });
    socket.write(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  });
}

function answerIn(said: string): { readonly id?: number; readonly result?: unknown } | null {
  for (const text of said.replaceAll('}{', '}\n{').split('\n')) {
    try {
      const message = JSON.parse(text) as { readonly id?: number; readonly result?: unknown };
      if (message.id === 1) return message;
    } catch {
      // Not whole yet.
    }
  }
  return null;
}
