/** An account at a server that answers with what a test says. */
import type { TestContext } from 'node:test';
import type { DebridAccount } from '../../../src/features/debrid/contract.ts';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { openAccount, openDebridTools } from '../../support/debrid-kits.ts';
import { FakeUpstream, type UpstreamOptions } from '../../support/upstreams/fake-upstream.ts';

/** @param variable with the address of the service */
export async function startAnswers(
  t: TestContext,
  variable: string,
  entry: JsonObject,
  answer: UpstreamOptions['answer'],
): Promise<DebridAccount> {
  const upstream = await FakeUpstream.start({ answer });
  const tools = openDebridTools({ [variable]: upstream.url });
  t.after(async () => {
    await tools[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });
  return openAccount(entry, tools);
}
