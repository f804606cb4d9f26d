import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartError } from '../../../src/lib/start-error.ts';
import { assertBuildFits, type Runtime } from '../../../src/http/uws-binary.ts';

const on = (node: string, glibc: string | undefined, platform = 'linux'): Runtime => ({
  node,
  platform,
  glibc: () => glibc,
});
const refusal = (runtime: Runtime): string | null => {
  try {
    assertBuildFits(runtime);
    return null;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return error.message;
  }
};

test('Node 20 and 22 run on glibc from 2.27 on, and where there is none to ask for', () => {
  for (const node of ['20.19.0', '22.12.0', '22.23.5']) {
    for (const glibc of ['2.27', '2.36', '2.41', '3.0'])
      assert.equal(refusal(on(node, glibc)), null, `${node} ${glibc}`);
    assert.equal(refusal(on(node, undefined, 'darwin')), null);
  }
});

test('any other is refused in one line that says what would do', () => {
  for (const node of ['18.20.0', '21.7.3', '23.0.0', '24.22.3', '25.1.0']) {
    assert.equal(
      refusal(on(node, '2.41')),
      `Node ${node} is not supported: expected Node 22 (from 22.12) or 20 (from 20.19); ` +
        'uWebSockets.js has no build for others that bounds its memory',
    );
  }
  const expected =
    'expected glibc 2.27 or later (Debian 10, Ubuntu 18.04 and what came after them)';
  assert.equal(
    refusal(on('22.12.0', undefined)),
    `A Linux without glibc (musl?) is not supported: ${expected}`,
  );
  assert.equal(refusal(on('22.12.0', '2.17')), `glibc 2.17 is not supported: ${expected}`);
});

test('the Node.js that runs this test is one of them', () => {
  assert.equal(refusal(on(process.versions.node, '2.36')), null);
});
