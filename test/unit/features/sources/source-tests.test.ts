/** Protects what the test of a source says: in words, in time, and no credential of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Source } from '../../../../src/features/sources/source.ts';
import { sourceTests } from '../../../../src/features/sources/source-tests.ts';
import { CancelController } from '../../../../src/lib/async/cancel.ts';
import { untilCancelled } from '../../../../src/lib/async/wait.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import type {
  IndexerSettings,
  SourceSettings,
} from '../../../../src/lib/source-settings/source-settings.ts';

const SECRET = 'CANARYx7Kq9/+';
const TIMEOUT_MS = 20;

const INDEXER: IndexerSettings = {
  kind: 'torznab',
  id: 'own:torznab:1',
  name: 'Films',
  url: `https://user:pass-${encodeURIComponent(SECRET)}@films.example/api?apikey=${encodeURIComponent(SECRET)}`,
  apiKey: `key-${SECRET}`,
  headers: { 'x-key': `header-${SECRET}` },
  movieCategories: null,
  seriesCategories: null,
  isPersonal: true,
  proxyUrl: null,
};

const outcomeOf = (
  answer: Source['test'],
  settings: SourceSettings = INDEXER,
  control = new CancelController(),
) => sourceTests(() => ({ test: answer }), TIMEOUT_MS).test(settings, control.signal);

test('what the source says comes through, without any credential of it', async () => {
  const said = [
    'no',
    SECRET,
    encodeURIComponent(SECRET),
    `pass-${SECRET}`,
    INDEXER.apiKey,
    INDEXER.headers['x-key'],
    INDEXER.url,
  ].join(' ');
  const { isWorking, message } = await outcomeOf(() =>
    Promise.resolve({ isWorking: true, message: said }),
  );
  assert.equal(isWorking, true);
  assert.doesNotMatch(message, /CANARY/);
  assert.match(message, /^no \*\*\*.*films\.example/);
});

test('the path of an add-on is a credential, that of an indexer is none', async () => {
  const says = (message: string) => () => Promise.resolve({ isWorking: false, message });
  const addon: SourceSettings = {
    kind: 'addon',
    id: 'addon:a.example',
    name: 'a.example',
    url: `https://a.example/realdebrid=CANARY12345`,
    isPersonal: false,
    proxyUrl: null,
  };
  const { message } = await outcomeOf(
    says('nothing at https://a.example/realdebrid=CANARY12345/manifest.json'),
    addon,
  );
  assert.equal(message, 'nothing at https://a.example/***/manifest.json');
  const plain: IndexerSettings = {
    ...INDEXER,
    url: 'https://films.example/torznab',
    apiKey: '',
    headers: {},
  };
  assert.equal((await outcomeOf(says('no torznab here'), plain)).message, 'no torznab here');
});

test('a failure is told in words, without credentials; a mistake of ours is one', async () => {
  const failed = await outcomeOf(() =>
    Promise.reject(new AppError('fetch.failed', `${SECRET} has no address`)),
  );
  assert.deepEqual(failed, { isWorking: false, message: '*** has no address' });
  await assert.rejects(
    outcomeOf(() => Promise.reject(new TypeError('ours'))),
    TypeError,
  );
});

test('a source that does not answer is told, whoever has asked', async () => {
  const outcome = await outcomeOf(async (signal) => {
    await untilCancelled(signal);
    throw signal.reason as Error;
  });
  assert.deepEqual(outcome, { isWorking: false, message: 'no answer within 0.02 s' });
});

test('whoever goes away ends the test', async () => {
  const control = new CancelController();
  const gone = new AppError('request.cancelled', 'the client went away');
  const asked = outcomeOf(
    async (signal) => {
      control.abort(gone);
      await untilCancelled(signal);
      throw signal.reason as Error;
    },
    INDEXER,
    control,
  );
  await assert.rejects(asked, (error) => error === gone);
});
