/** Services through a user's MediaFlow proxy: whose calls go there, what it is told, and whose failure it is when one fails. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { DebridAccount } from '../../../src/features/debrid/contract.ts';
import { videoOf } from '../../../src/features/debrid/failures.ts';
import { createDebridAccount } from '../../../src/features/debrid/registry.ts';
import { AppError } from '../../../src/lib/errors.ts';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { MediaflowProxy } from '../../../src/lib/mediaflow/mediaflow-proxy.ts';
import { ownServices, type ServiceEntry } from '../../../src/lib/user-config/own-services.ts';
import { NEVER } from '../../support/cache-parts.ts';
import { openDebridTools, TOKEN, wanted } from '../../support/debrid-kits.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startMediaflow, type MediaflowOptions } from '../../support/upstreams/mediaflow.ts';
import { startRealDebrid } from '../../support/upstreams/realdebrid.ts';

const PASSWORD = 'CANARYpässword of a proxy, longer than its key';
const PUBLIC_IP = '203.0.113.99';
const DOCUMENTED: MediaflowOptions = { password: PASSWORD, publicIp: '9.9.9.9' };
const CALL = { signal: NEVER, viewerIp: '' };

describe('services through MediaFlow', () => {
  const closing: AsyncDisposable[] = [];
  after(async () => {
    for (const one of closing) await one[Symbol.asyncDispose]();
  });
  const keep = <T extends AsyncDisposable>(one: T): T => {
    closing.push(one);
    return one;
  };

  const open = async (
    options: MediaflowOptions = DOCUMENTED,
    { mfc = {}, allowed = ['127.0.0.1'] }: { mfc?: JsonObject; allowed?: string[] } = {},
  ) => {
    const cloud = new DebridCloud();
    cloud.account(TOKEN);
    const service = keep(await startRealDebrid(cloud));
    const flow = keep(await startMediaflow(options));
    const tools = keep(openDebridTools({ REALDEBRID_URL: service.url }, allowed));
    const [entry] = ownServices(
      {
        sps: [{ sv: 'realdebrid', tk: TOKEN }],
        mfc: { pu: `${flow.url}/`, ap: options.password, ...mfc },
      },
      String,
    );
    assert.ok(entry !== undefined);
    const account = createDebridAccount(entry, tools);
    return { cloud, service, flow, tools, entry, account };
  };

  const play = async (account: DebridAccount, cloud: DebridCloud): Promise<string> => {
    const opened = await account.open(wanted(cloud.cached), CALL);
    const transfer = await account.refresh(opened, CALL);
    const file = transfer.files.find(({ path }) => path.endsWith('.mp4'));
    assert.ok(file !== undefined, inspect(transfer));
    return (await account.link(transfer, file, CALL)).url;
  };

  const failureOf = async (work: Promise<unknown>): Promise<AppError> => {
    const error = await work.then(
      (value) => assert.fail(inspect(value)),
      (failure: unknown) => failure,
    );
    assert.ok(error instanceof AppError, inspect(error));
    assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /CANARY/);
    return error;
  };

  const pathsOf = ({ asked }: FakeUpstream) =>
    asked.map(({ path }) => path.replace(/^\/_token_[^/]+/, ''));

  it('every call goes through the proxy, and nothing that opens an account is in its addresses', async () => {
    const { account, cloud, service, flow } = await open();
    assert.match(await play(account, cloud), /Sintel\.mp4$/);
    assert.ok(service.asked.length > 2);
    assert.deepEqual([...new Set(pathsOf(flow))], ['/proxy/forward']);
    assert.equal(flow.asked.length, service.asked.length);
    for (const { headers } of service.asked) {
      assert.equal(headers.via, 'mediaflow');
      assert.equal(headers['user-agent'], 'Sluice');
    }
    for (const { path, query, headers } of flow.asked)
      assert.doesNotMatch(decodeURIComponent(`${path}?${query} ${inspect(headers)}`), /CANARY/);
  });

  it('what the service says is what it said, not what the proxy did', async () => {
    for (const [state, video] of [
      ['expired', 'invalid_token'],
      ['banned', 'invalid_token'],
      ['limited', 'too_many_requests'],
    ] as const) {
      const { account, cloud, flow } = await open();
      cloud.account(TOKEN, state);
      const error = await failureOf(account.open(wanted(cloud.cached), CALL));
      assert.equal(videoOf(error), video, error.message);
      assert.ok(flow.asked.length > 0);
    }
    const { account, cloud, service } = await open();
    service.script = { fault: { kind: 'status', status: 500 } };
    const down = await failureOf(account.open(wanted(cloud.cached), CALL));
    assert.equal(videoOf(down), 'debrid_service_down_error', down.message);
    service.script = { fault: { kind: 'reset' } };
    const away = await failureOf(account.open(wanted(cloud.cached), CALL));
    assert.equal(videoOf(away), 'debrid_service_down_error', away.message);
  });

  it('a wrong password, a proxy that is away and one that fails are its own failure', async () => {
    const wrong = await open(DOCUMENTED, { mfc: { ap: 'CANARY of another' } });
    const refused = await failureOf(wrong.account.open(wanted(wrong.cloud.cached), CALL));
    assert.equal(refused.code, 'debrid.proxy-failed');
    assert.equal(videoOf(refused), 'mediaflow_proxy_error');
    assert.equal(wrong.service.asked.length, 0);
    const again = await failureOf(wrong.account.open(wanted(wrong.cloud.cached), CALL));
    assert.equal(again.code, 'debrid.proxy-failed', 'the account is not held to be refused');
    const ip = await failureOf(wrong.tools.mediaflow.addressFor(wrong.entry, '', NEVER));
    assert.equal(ip.code, 'debrid.proxy-failed');
    for (const fault of [
      { kind: 'reset' },
      { kind: 'status', status: 500 },
      { kind: 'web-page' },
    ] as const) {
      const { account, cloud, flow } = await open();
      flow.script = { fault };
      const error = await failureOf(account.open(wanted(cloud.cached), CALL));
      assert.equal(error.code, 'debrid.proxy-failed', `${fault.kind} ${error.message}`);
    }
  });

  it('one that cannot forward is left out of calls, once it has said so', async () => {
    const { account, cloud, service, flow } = await open({ ...DOCUMENTED, forwards: false });
    assert.match(await play(account, cloud), /Sintel\.mp4$/);
    assert.equal(flow.asked.length, 1);
    assert.ok(service.asked.every(({ headers }) => headers.via === undefined));
  });

  it('its public address is what services are told, asked for once', async () => {
    const { entry, tools, flow } = await open();
    for (const viewer of ['', PUBLIC_IP])
      assert.equal(await tools.mediaflow.addressFor(entry, viewer, NEVER), '9.9.9.9');
    assert.deepEqual(pathsOf(flow), ['/proxy/ip']);
    const lost = await open({ password: PASSWORD });
    const error = await failureOf(lost.tools.mediaflow.addressFor(lost.entry, PUBLIC_IP, NEVER));
    assert.equal(videoOf(error), 'mediaflow_ip_error');
    const inside = await open({ password: PASSWORD, publicIp: '10.0.0.7' });
    const none = await failureOf(inside.tools.mediaflow.addressFor(inside.entry, '', NEVER));
    assert.equal(none.code, 'debrid.proxy-address');
  });

  it('one at a private address is never asked: services are, directly, for the viewer', async () => {
    const { account, cloud, entry, tools, flow } = await open(DOCUMENTED, { allowed: [] });
    assert.match(await play(account, cloud), /Sintel\.mp4$/);
    assert.equal(await tools.mediaflow.addressFor(entry, PUBLIC_IP, NEVER), PUBLIC_IP);
    const { isWorking, message } = await tools.mediaflow.test(mediaflowOf(entry), NEVER);
    assert.ok(isWorking);
    assert.match(message, /private address/);
    assert.equal(flow.asked.length, 0);
  });

  it("a user's own download client is asked directly", async () => {
    const { tools, flow } = await open();
    const upstream = tools.mediaflow.open(new MediaflowProxy(flow.url, PASSWORD), {
      name: 'webdav',
      credential: 'x',
      callsPerMinute: 60,
      burst: 5,
      concurrencyMax: 2,
      proxyUrl: null,
      isPersonal: true,
    });
    assert.equal(upstream.name, 'webdav');
    const answer = await upstream.request({
      url: `${flow.url}/proxy/ip`,
      signal: NEVER,
      timeoutMs: 5000,
      bodyBytesMax: 1000,
    });
    assert.equal(answer.status, 403, 'without a token');
  });

  it('a test says what works, or what is wrong', async () => {
    const said = async (options: MediaflowOptions, mfc: JsonObject = {}) => {
      const { tools, entry } = await open(options, { mfc });
      const { isWorking, message } = await tools.mediaflow.test(mediaflowOf(entry), NEVER);
      assert.doesNotMatch(message, /CANARY/);
      return `${isWorking} ${message}`;
    };
    assert.match(await said(DOCUMENTED), /^true MediaFlow at 9\.9\.9\.9; services .* through it$/);
    assert.match(await said({ ...DOCUMENTED, forwards: false }), /^true .* older than 2\.4\.9/);
    assert.match(await said({ password: '', publicIp: '9.9.9.9' }), /^true /);
    assert.match(await said(DOCUMENTED, { ap: 'wrong' }), /^false .*password/);
    assert.match(await said({ password: PASSWORD }), /^false .*public address/);
    assert.match(
      await said(DOCUMENTED, { pu: 'http://127.0.0.1:1' }),
      /^false .*refuses connections/,
    );
    const other = keep(await startRealDebrid(new DebridCloud()));
    assert.match(await said(DOCUMENTED, { pu: other.url }), /^false /);
  });
});

function mediaflowOf({ mediaflow }: ServiceEntry): MediaflowProxy {
  assert.ok(mediaflow !== null);
  return mediaflow;
}
