/** What clients of each class get in a brownout, over real sockets. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Brownout } from '../../src/lib/admission/brownout.ts';
import type { Request, Route, TrafficClass } from '../../src/http/route.ts';
import { startToyServer, text, type ToyServer } from '../support/toy-server.ts';

const CLASSES: readonly TrafficClass[] = [
  'playback',
  'stream',
  'manifest',
  'catalog',
  'poster',
  'admin',
  'exempt',
];

/** Asks for the signal, as whatever has to wait does. */
async function worked(request: Request) {
  void request.signal;
  await turn();
  return text('worked');
}

describe('a server that makes way', () => {
  let server: ToyServer;
  let pressure = 0;
  const brownout = new Brownout();
  brownout.add({ name: 'test', read: () => pressure });

  before(async () => {
    const rows = CLASSES.flatMap((traffic): [string, Partial<Route>][] => [
      [`/cached/${traffic}`, { traffic, handler: () => text('cached') }],
      [`/cold/${traffic}`, { traffic, handler: worked }],
    ]);
    const control: Partial<Route> = {
      method: 'POST',
      traffic: 'control',
      bodyBytesMax: 100,
      handler: worked,
    };
    server = await startToyServer(
      Object.fromEntries([...rows, ['/control', control]] as [string, Partial<Route>][]),
      { brownout },
    );
  });
  after(() => server[Symbol.asyncDispose]());

  function setLevel(level: number): void {
    pressure = 1;
    while (brownout.level < level) brownout.tick();
    pressure = 0;
    while (brownout.level > level) brownout.tick();
  }

  async function served(): Promise<readonly string[]> {
    const paths = CLASSES.flatMap((traffic) => [`cached/${traffic}`, `cold/${traffic}`]);
    const statuses = await Promise.all(
      paths.map(async (path) => {
        const response = await fetch(`${server.baseUrl}/${path}`);
        const body = await response.text();
        if (response.status === 503) {
          assert.equal(response.headers.get('retry-after'), '1');
          assert.match(body, /server\.overloaded/);
        }
        return response.status;
      }),
    );
    return paths.filter((_, index) => statuses[index] === 200);
  }

  test('refuses work before what is at hand, and what matters least first', async () => {
    setLevel(1);
    assert.equal((await served()).length, 2 * CLASSES.length);
    setLevel(4);
    assert.deepEqual(await served(), [
      'cached/playback',
      'cold/playback',
      'cached/stream',
      'cached/manifest',
      'cold/manifest',
      'cached/catalog',
      'cold/catalog',
      'cached/poster',
      'cached/exempt',
      'cold/exempt',
    ]);
    setLevel(6);
    assert.deepEqual(await served(), [
      'cached/playback',
      'cold/playback',
      'cached/stream',
      'cached/exempt',
      'cold/exempt',
    ]);
    const post = await fetch(`${server.baseUrl}/control`, { method: 'POST', body: '{}' });
    assert.equal(post.status, 503);
    setLevel(0);
    assert.equal((await served()).length, 2 * CLASSES.length);
  });
});
