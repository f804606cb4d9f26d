/** Style and script of the flame-graph page; both stand in it, and run nowhere else. */

export const FLAME_STYLE = `
:root{color-scheme:light dark;--ground:#fff;--text:#1b1b1f;--quiet:#5c5c66;--line:#d8d8de}
@media(prefers-color-scheme:dark){:root{--ground:#16161a;--text:#ececf1;--quiet:#a0a0ab;--line:#34343c}}
body{margin:0;font:14px/1.5 system-ui,sans-serif;background:var(--ground);color:var(--text)}
header{padding:16px 20px 8px}h1{font-size:18px;margin:0 0 4px}
dl{display:flex;flex-wrap:wrap;gap:4px 24px;margin:0 0 8px}dl div{display:flex;gap:6px}dt{color:var(--quiet)}dd{margin:0}
.bar{display:flex;gap:12px;align-items:center;flex-wrap:wrap}
input,button{font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:6px;padding:4px 10px}
#found,#about{color:var(--quiet)}#about{padding:0 20px 8px;min-height:21px;overflow-wrap:anywhere}
#graph{position:relative;margin:0 20px 20px;overflow:hidden}
.frame{position:absolute;height:19px;box-sizing:border-box;border:1px solid var(--ground);border-radius:3px;padding:0 4px;
font:12px/17px ui-monospace,monospace;color:#201000;white-space:nowrap;overflow:hidden;
text-overflow:ellipsis;cursor:pointer;text-align:left}
.frame:hover,.frame:focus-visible{outline:2px solid var(--text);outline-offset:-2px}.frame.miss{opacity:.3}
table{border-collapse:collapse;margin:0 20px 24px;font-size:13px}
td,th{text-align:left;padding:2px 16px 2px 0;border-bottom:1px solid var(--line)}
td.number{text-align:right;font-variant-numeric:tabular-nums}`;

export const FLAME_SCRIPT = `
'use strict';
const tree = JSON.parse(document.getElementById('tree').textContent);
const graph = document.getElementById('graph'), about = document.getElementById('about');
const search = document.getElementById('search'), found = document.getElementById('found');
const ROW = 20, LEAST = 0.0015;
const ms = (us) => (us / 1000).toFixed(us < 10000 ? 2 : 0) + ' ms';
const percent = (us) => (100 * us / Math.max(1, tree[3])).toFixed(1) + ' %';
const text = ([name, place, self, total]) =>
  name + (place ? ' — ' + place : '') + ' — ' + ms(total) + ' (' + percent(total) + '), itself ' + ms(self);
function hue([name, place]) {
  if (place === '') return '#c9c9d2';
  if (place.startsWith('node:')) return '#a8d5a2';
  if (place.startsWith('node_modules')) return '#f2cf7e';
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.charCodeAt(0)) % 40;
  return 'hsl(' + (8 + sum) + ' 85% 68%)';
}
let focus = tree, frames = [];
function ancestors(node, path = []) {
  if (node === focus) return path;
  for (const child of node[4]) { const known = ancestors(child, [...path, node]); if (known) return known; }
  return null;
}
function add(node, left, width, depth) {
  const frame = document.createElement('button');
  frame.className = 'frame';
  frame.textContent = width > 0.02 ? node[0] : '';
  frame.style.left = left * 100 + '%';
  frame.style.width = width * 100 + '%';
  frame.style.top = depth * ROW + 'px';
  frame.style.background = hue(node);
  frame.title = text(node);
  frame.onclick = () => { focus = node; draw(); };
  frame.onmouseenter = frame.onfocus = () => { about.textContent = text(node); };
  frames.push([frame, node]);
  graph.append(frame);
}
function draw() {
  graph.replaceChildren();
  frames = [];
  const above = ancestors(tree) || [];
  above.forEach((node, depth) => add(node, 0, 1, depth));
  let deepest = above.length;
  const place = (node, left, width, depth) => {
    if (width < LEAST) return;
    deepest = Math.max(deepest, depth);
    add(node, left, width, depth);
    let at = left;
    for (const child of node[4]) {
      const share = width * child[3] / Math.max(1, node[3]);
      place(child, at, share, depth + 1);
      at += share;
    }
  };
  place(focus, 0, 1, above.length);
  graph.style.height = (deepest + 1) * ROW + 'px';
  mark();
}
function mark() {
  const wanted = search.value.trim().toLowerCase();
  const hits = ([name, place]) => (name + ' ' + place).toLowerCase().includes(wanted);
  for (const [frame, node] of frames) frame.classList.toggle('miss', wanted !== '' && !hits(node));
  const sum = (node) => hits(node) ? node[3] : node[4].reduce((total, child) => total + sum(child), 0);
  found.textContent = wanted === '' ? '' : percent(sum(tree)) + ' of the time in it';
}
search.oninput = mark;
document.getElementById('whole').onclick = () => { focus = tree; draw(); };
draw();
const own = new Map();
(function gather(node) {
  const key = node[0] + '\\n' + node[1];
  own.set(key, (own.get(key) || 0) + node[2]);
  node[4].forEach(gather);
})(tree);
const dearest = [...own].filter(([, us]) => us > 0).sort((one, other) => other[1] - one[1]).slice(0, 25);
for (const [key, us] of dearest) {
  const row = document.createElement('tr');
  const [name, place] = key.split('\\n');
  for (const [value, kind] of [[ms(us), 'number'], [percent(us), 'number'], [name, ''], [place, '']]) {
    const cell = document.createElement('td');
    cell.className = kind;
    cell.textContent = value;
    row.append(cell);
  }
  document.getElementById('own').append(row);
}`;
