/** pyackett (PyPI, 0.4.0, Python 3.12): a Torznab server that reads web sites by the definitions that Jackett has. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

const COMMAND = process.env['SLUICE_TEST_PYACKETT'] ?? 'pyackett';
const START_TIMEOUT_MS = 60_000;

/** For `describe(…, { skip })`. */
export const skipWithoutPyackett =
  spawnSync(COMMAND, ['--help']).status === 0
    ? false
    : 'needs pyackett on the PATH (pip install pyackett==0.4.0), or its path in SLUICE_TEST_PYACKETT';

export interface Pyackett extends AsyncDisposable {
  /** Address of the one indexer's Torznab API. */
  readonly url: string;
  readonly apiKey: string;
  /** What the site behind it was asked, decoded. */
  readonly asked: readonly string[];
}

/** One release of the site. */
export interface SiteRelease {
  readonly name: string;
  readonly category: 'movies' | 'tv';
  readonly infohash: string;
  /** As sites write it: `4.1 GB`. */
  readonly size: string;
  readonly seeders: number;
}

/** The server and a web site behind it, both on loopback. */
export async function startPyackett(releases: readonly SiteRelease[]): Promise<Pyackett> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-pyackett-'));
  const asked: string[] = [];
  const site = createServer((request, response) => {
    asked.push(decodeURIComponent(request.url ?? '').replaceAll('+', ' '));
    response.writeHead(200, { 'content-type': 'text/html' }).end(page(releases));
  });
  await new Promise<void>((resolve) => {
    site.listen(0, '127.0.0.1', resolve);
  });
  const { port: sitePort } = site.address() as AddressInfo;
  await mkdir(join(folder, 'definitions'));
  await writeFile(join(folder, 'definitions/site.yml'), definition(sitePort));
  const port = await freePort();
  const apiKey = 'k3y-of-a-test';
  const folders = [
    '--config-dir',
    join(folder, 'config'),
    '--definitions-dir',
    join(folder, 'definitions'),
  ];
  const child = spawn(
    COMMAND,
    ['--host', '127.0.0.1', '--port', String(port), '--api-key', apiKey, ...folders],
    { stdio: 'ignore' },
  );
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const dispose = async () => {
    child.kill('SIGKILL');
    await exited;
    site.closeAllConnections();
    await new Promise((resolve) => site.close(resolve));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await configured(`http://127.0.0.1:${port}/api/v2.0/indexers/site/config`);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url: `http://127.0.0.1:${port}/api/v2.0/indexers/site/results/torznab`,
    apiKey,
    asked,
    [Symbol.asyncDispose]: dispose,
  };
}

/** Configures the indexer, which works as soon as the server is up. */
async function configured(url: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const headers = { 'content-type': 'application/json' };
  for (;;) {
    const status = await fetch(url, { method: 'POST', headers, body: '{}' }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => 0,
    );
    if (status === 200) return;
    if (Date.now() > deadline) throw new Error(`pyackett was not ready in time: ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function definition(port: number): string {
  return `---
id: site
name: Site of a test
description: "Free films"
language: en-US
type: public
encoding: UTF-8
links:
  - http://127.0.0.1:${port}/
caps:
  categorymappings:
    - {id: movies, cat: Movies/HD, desc: "Movies"}
    - {id: tv, cat: TV/HD, desc: "TV"}
  modes:
    search: [q]
    tv-search: [q, season, ep]
    movie-search: [q]
settings: []
search:
  paths:
    - path: search
  inputs:
    q: "{{ .Keywords }}"
  rows:
    selector: tr.release
  fields:
    category: {selector: td.category}
    title: {selector: td.name}
    magnet: {selector: a.magnet, attribute: href}
    size: {selector: td.size}
    seeders: {selector: td.seeders}
    leechers: {text: 0}
    date: {selector: td.date}
`;
}

function page(releases: readonly SiteRelease[]): string {
  const rows = releases.map(
    ({ name, category, infohash, size, seeders }) =>
      `<tr class="release"><td class="category">${category}</td><td class="name">${name}</td>` +
      `<td><a class="magnet" href="magnet:?xt=urn:btih:${infohash}&amp;tr=udp%3A%2F%2Ftracker.test%3A1337">magnet</a></td>` +
      `<td class="size">${size}</td><td class="seeders">${seeders}</td><td class="date">2020-05-01 10:00:00</td></tr>`,
  );
  return `<html><body><table>${rows.join('\n')}</table></body></html>`;
}
