/** Protects the test of sources: what is tested is what stands in the form, and not too much of it. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import type { SourceTests } from '../../../../src/features/configure/contract.ts';
import { ConfigEditor } from '../../../../src/features/configure/editor.ts';
import { FormTests } from '../../../../src/features/configure/form-test-routes.ts';
import { sourceTestRoute } from '../../../../src/features/configure/source-test-routes.ts';
import type { Reply, Request } from '../../../../src/http/route.ts';
import { PUBLIC_ACCESS } from '../../../../src/features/access/instance-access.ts';
import { AddressRate } from '../../../../src/lib/address-rate.ts';
import { CancelController } from '../../../../src/lib/async/cancel.ts';
import { untilCancelled } from '../../../../src/lib/async/wait.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { KeyRing } from '../../../../src/lib/install-token/key-ring.ts';
import type { SourceSettings } from '../../../../src/lib/source-settings/source-settings.ts';

const RING = new KeyRing(['any secret of this test']);
const SECRET = 'CANARYx7Kq9x7Kq9';
const TORZNAB = { tz: [{ n: 'Films', u: `https://films.example/api?apikey=${SECRET}` }] };

const editor = new ConfigEditor({
  ring: RING,
  // Neither profiles nor expressions are part of what is tested.
  profiles: {} as never,
  access: PUBLIC_ACCESS,
  filterPool: {} as never,
});

interface Setup {
  readonly tests: SourceTests;
  readonly isAllowed?: boolean;
  readonly perMinuteMax?: number;
  readonly timeoutMs?: number;
}

function routeOf({ tests, isAllowed = true, perMinuteMax = 100, timeoutMs = 15_000 }: Setup) {
  return sourceTestRoute(editor, {
    tests,
    rules: { isAllowed, proxyUrl: null, digest: RING.digest },
    forms: new FormTests(
      new AddressRate({
        max: perMinuteMax,
        windowMs: 60_000,
        code: 'source.too-many-tests',
        message: 'too many tests',
      }),
    ),
    timeoutMs,
  });
}

function requestOf(body: unknown, { signal } = new CancelController()): Request {
  return {
    body: Buffer.from(JSON.stringify(body)),
    clientAddress: '192.0.2.1',
    signal,
    header: () => '',
  } as unknown as Request;
}

async function answerOf(setup: Setup, body: unknown, control = new CancelController()) {
  const reply: Reply = await routeOf(setup).handler(requestOf(body, control));
  const text = String(reply.representation?.identity.bytes);
  return {
    text,
    json: JSON.parse(text) as { readonly working: boolean; readonly message: string },
  };
}

const saying = (message: string, isWorking = true): SourceTests => ({
  test: () => Promise.resolve({ isWorking, message }),
});
const codeOf = (code: string) => (error: unknown) =>
  error instanceof AppError && error.code === code;

test('the one source that was sent is tested, as it stands there', async () => {
  const tested: SourceSettings[] = [];
  const tests: SourceTests = {
    test: (settings) => {
      tested.push(settings);
      return Promise.resolve({ isWorking: true, message: 'finds films' });
    },
  };
  const { json } = await answerOf({ tests }, { ic: TORZNAB });
  assert.deepEqual(json, { working: true, message: 'finds films' });
  assert.deepEqual(
    tested.map(({ id, url, isPersonal }) => [id, url, isPersonal]),
    [['own:torznab:1', TORZNAB.tz[0]?.u, true]],
  );
});

test('a masked value is the one that is stored', async () => {
  const stored = { ic: { nz: [{ u: 'https://news.example', ak: SECRET }] } };
  const token = editor.seal(stored);
  const masked = editor.mask(stored);
  assert.doesNotMatch(JSON.stringify(masked), /CANARY/);
  let key = '';
  const tests: SourceTests = {
    test: (settings) => {
      if ('apiKey' in settings) key = settings.apiKey;
      return Promise.resolve({ isWorking: true, message: '' });
    },
  };
  await answerOf({ tests }, { ic: masked['ic'], existing: token });
  assert.equal(key, SECRET);
});

test('what is no single source of one’s own is refused, and so is too much', async () => {
  const tests = saying('');
  const two = { tz: [{ u: 'https://a.example' }, { u: 'https://b.example' }] };
  for (const ic of [
    undefined,
    {},
    two,
    { pr: { en: true } },
    { tz: [{ u: 'https://a.example', en: false }] },
  ])
    await assert.rejects(
      answerOf({ tests }, { ic }),
      codeOf('request.bad-body'),
      JSON.stringify(ic),
    );
  await assert.rejects(answerOf({ tests }, { ic: { tz: [{}] } }), codeOf('config.invalid'));
  await assert.rejects(
    answerOf({ tests, isAllowed: false }, { ic: TORZNAB }),
    codeOf('request.not-found'),
  );
  const route = routeOf({ tests, perMinuteMax: 1 });
  const request = requestOf({ ic: TORZNAB });
  await route.handler(request);
  await assert.rejects(async () => route.handler(request), codeOf('source.too-many-tests'));
});

test('more tests at a time than there are places are refused at once', async () => {
  const control = new CancelController();
  const hanging: SourceTests = {
    test: async (_settings, signal) => {
      await untilCancelled(signal);
      return { isWorking: false, message: '' };
    },
  };
  const route = routeOf({ tests: hanging });
  const request = requestOf({ ic: TORZNAB }, control);
  const ask = async () => route.handler(request);
  const results = Promise.allSettled(Array.from({ length: 20 }, ask));
  control.abort(new AppError('request.cancelled', 'the client went away'));
  const refused = (await results).filter(
    (result) => result.status === 'rejected' && codeOf('server.overloaded')(result.reason),
  );
  assert.equal(refused.length, 4);
});
