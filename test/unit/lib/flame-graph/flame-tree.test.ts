/** Samples as a tree of calls, and the page that shows it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flamePage } from '../../../../src/lib/flame-graph/flame-page.ts';
import { flameTree } from '../../../../src/lib/flame-graph/flame-tree.ts';

const frame = (functionName: string, url = '', lineNumber = 9) => ({
  functionName,
  url,
  lineNumber,
});
const PROFILE = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 5] },
    { id: 2, callFrame: frame('(idle)') },
    {
      id: 3,
      callFrame: frame('serve', 'file:///opt/canary/dist/src/http/server.js'),
      children: [4],
    },
    { id: 4, callFrame: frame('', 'node:zlib') },
    { id: 5, callFrame: frame('rare', 'file:///opt/canary/node_modules/x/y.js') },
  ],
  samples: [2, 3, 4, 4, 5, 2],
  timeDeltas: [0, 9000, 100, 200, 300, 0],
};

test('time is added up from the leaves, idle time is none of it', () => {
  const tree = flameTree(PROFILE);
  assert.equal(tree.totalUs, 600);
  assert.deepEqual(
    tree.children.map(({ name, place, selfUs, totalUs }) => [name, place, selfUs, totalUs]),
    [['serve', 'src/http/server.js:10', 100, 600]],
  );
  assert.deepEqual(tree.children[0]?.children[0]?.name, '(anonymous)');
  assert.equal(tree.children[0]?.children[0]?.totalUs, 500);
});

test('a profile without samples, and none at all, is a tree of nothing', () => {
  assert.equal(flameTree({ nodes: [] }).totalUs, 0);
  assert.deepEqual(flameTree({ nodes: PROFILE.nodes }).children, []);
});

test('a stack of 100,000 calls is no trouble', () => {
  const nodes = Array.from({ length: 100_000 }, (_, index) => ({
    id: index + 1,
    callFrame: frame(`f${index}`),
    children: index + 1 < 100_000 ? [index + 2] : [],
  }));
  const tree = flameTree({ nodes, samples: [100_000, 100_000], timeDeltas: [0, 50] });
  assert.equal(tree.totalUs, 50);
});

test('no name ends the script of the page, and the place of the program is not told', () => {
  const tree = flameTree({
    ...PROFILE,
    nodes: PROFILE.nodes.map((node) =>
      node.id === 4 ? { ...node, callFrame: frame('</script><script>alert(1)') } : node,
    ),
  });
  const page = flamePage({ title: 'Profile of <x>', facts: [['runs', '<1>']], tree });
  assert.equal(page.match(/<\/script>/g)?.length, 2);
  assert.match(page, /Profile of &lt;x>|Profile of &lt;x&gt;/);
  assert.doesNotMatch(page, /canary/);
});
