/** A torrent that cannot be fetched: each play tries it anew, and the user's account does not fill up with what has failed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebridCall } from '../../../src/features/debrid/contract.ts';
import { NEVER } from '../../support/cache-parts.ts';
import { openAccount, openDebridTools, TOKEN, wanted } from '../../support/debrid-kits.ts';
import { HOSTED_SERVICES } from '../../support/hosted-services.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';

const CALL: DebridCall = { signal: NEVER, viewerIp: '' };
const PLAYS = 4;
/** Those that keep what has failed beside a new one unless they are told to let it go. */
const SERVICES: ReadonlySet<string> = new Set(['premiumize', 'offcloud', 'debrider']);

for (const { service, start, variables, entry } of HOSTED_SERVICES) {
  if (!SERVICES.has(service)) continue;
  test(`${service}: what has failed is replaced, not added beside`, async (t) => {
    const cloud = new DebridCloud();
    const { held } = cloud.account(TOKEN);
    const upstream = await start(cloud);
    const urls = Object.fromEntries(variables.map((variable) => [variable, upstream.url]));
    const tools = openDebridTools(urls);
    t.after(async () => {
      await tools[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    });
    const account = openAccount({ sv: service, ...entry(TOKEN) }, tools);
    const ids = new Set<string>();
    for (let plays = 0; plays < PLAYS; plays++) {
      let transfer = await account.open(wanted(cloud.dead), CALL);
      ids.add(transfer.id);
      while (transfer.state !== 'failed') transfer = await account.refresh(transfer, CALL);
      assert.equal(held.length, 1);
    }
    assert.equal(ids.size, PLAYS, 'each was tried anew');
  });
}
