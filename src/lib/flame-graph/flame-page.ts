/** A page that shows a tree of calls as a flame graph, without anything from elsewhere. */
import { createHash } from 'node:crypto';
import type { FlameNode } from './flame-tree.ts';
import { FLAME_SCRIPT, FLAME_STYLE } from './page-code.ts';

/** For the Content-Security-Policy of the page. */
export const FLAME_SOURCES = [
  `style-src '${hashOf(FLAME_STYLE)}'`,
  `script-src '${hashOf(FLAME_SCRIPT)}'`,
];

export interface FlamePage {
  readonly title: string;
  /** Names and values that stand above the graph. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly tree: FlameNode;
}

export function flamePage({ title, facts, tree }: FlamePage): string {
  const told = facts
    .map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`)
    .join('');
  // A script element ends at the first "</script", whatever its type.
  const data = JSON.stringify(packed(tree)).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${FLAME_STYLE}</style></head><body>
<header><h1>${escaped(title)}</h1><dl>${told}</dl>
<div class="bar"><input id="search" type="search" placeholder="Function or file" aria-label="Function or file">
<button id="whole" type="button">Show all</button><span id="found" role="status"></span></div></header>
<div id="about" aria-live="polite">Width is time. A click shows what lies below.</div>
<div id="graph"></div>
<table><caption></caption><thead><tr><th>itself</th><th>share</th><th>function</th><th>place</th></tr></thead>
<tbody id="own"></tbody></table>
<script type="application/json" id="tree">${data}</script>
<script>${FLAME_SCRIPT}</script></body></html>
`;
}

type Packed = readonly [name: string, place: string, selfUs: number, totalUs: number, Packed[]];

function packed({ name, place, selfUs, totalUs, children }: FlameNode): Packed {
  return [name, place, Math.round(selfUs), Math.round(totalUs), children.map(packed)];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
