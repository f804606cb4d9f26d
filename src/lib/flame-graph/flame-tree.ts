/** Samples of a profile, added up as a tree of calls. */
import type { CallFrame, CpuProfile, ProfileNode } from './cpu-profile.ts';

export interface FlameNode {
  readonly name: string;
  /** `src/http/response.ts:71`; empty for what is V8's own. */
  readonly place: string;
  readonly selfUs: number;
  /** With all that it called. */
  readonly totalUs: number;
  /** The dearest first. */
  readonly children: readonly FlameNode[];
}

/** Of the whole: what is smaller could not be seen. */
const SHARE_MIN = 0.0005;
const DEPTH_MAX = 200;
/** The thread had nothing to do. */
const IDLE = '(idle)';

/** Time without work is left out: the whole is what the thread worked. */
export function flameTree(profile: CpuProfile): FlameNode {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const selfUs = selfTimes(profile);
  const [root] = profile.nodes;
  if (root === undefined) return leaf('(nothing)');
  const totals = new Map<number, number>();
  const whole = sumUp(root, nodes, selfUs, totals);
  return build(root, 0, { nodes, selfUs, totals, leastUs: whole * SHARE_MIN });
}

function selfTimes({ samples = [], timeDeltas = [] }: CpuProfile): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  // The time up to the next sample is what a sample stands for.
  samples.forEach((id, index) => {
    const us = Math.max(0, timeDeltas[index + 1] ?? 0);
    times.set(id, (times.get(id) ?? 0) + us);
  });
  return times;
}

/** Without recursion: stacks of a profile are as deep as those of the program. */
function sumUp(
  root: ProfileNode,
  nodes: ReadonlyMap<number, ProfileNode>,
  selfUs: ReadonlyMap<number, number>,
  totals: Map<number, number>,
): number {
  const order: ProfileNode[] = [root];
  for (let at = 0; at < order.length; at++)
    for (const id of order[at]?.children ?? []) {
      const child = nodes.get(id);
      if (child !== undefined && child.callFrame.functionName !== IDLE) order.push(child);
    }
  for (const node of order.toReversed()) {
    const below = (node.children ?? []).reduce((sum, id) => sum + (totals.get(id) ?? 0), 0);
    totals.set(node.id, below + (selfUs.get(node.id) ?? 0));
  }
  return totals.get(root.id) ?? 0;
}

interface Parts {
  readonly nodes: ReadonlyMap<number, ProfileNode>;
  readonly selfUs: ReadonlyMap<number, number>;
  readonly totals: ReadonlyMap<number, number>;
  readonly leastUs: number;
}

function build(node: ProfileNode, depth: number, parts: Parts): FlameNode {
  const { nodes, selfUs, totals, leastUs } = parts;
  const children = depth >= DEPTH_MAX ? [] : (node.children ?? []);
  return {
    name: node.callFrame.functionName || '(anonymous)',
    place: placeOf(node.callFrame),
    selfUs: selfUs.get(node.id) ?? 0,
    totalUs: totals.get(node.id) ?? 0,
    children: children
      .map((id) => nodes.get(id))
      .filter((child) => child !== undefined)
      .filter(({ id }) => (totals.get(id) ?? 0) > leastUs)
      .map((child) => build(child, depth + 1, parts))
      .toSorted((one, other) => other.totalUs - one.totalUs),
  };
}

function leaf(name: string): FlameNode {
  return { name, place: '', selfUs: 0, totalUs: 0, children: [] };
}

/** Below the folder of the program or of a package: where it is installed is nobody's business. */
function placeOf({ url, lineNumber }: CallFrame): string {
  if (url === '') return '';
  const [, known] = /(?:^|\/)((?:src|workers|node_modules)\/(?:.*))$/.exec(url) ?? [];
  const short = url.startsWith('node:') ? url : (known ?? url.slice(url.lastIndexOf('/') + 1));
  return `${short}:${lineNumber + 1}`;
}
