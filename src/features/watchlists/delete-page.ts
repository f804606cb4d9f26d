/** The page on which a user deletes what an account holds: boxes to tick, a word to confirm with, one form that posts. */
import { createHash } from 'node:crypto';
import { bytesText } from '../../lib/stream-template/modifiers.ts';
import type { Holding } from './holdings.ts';

const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f3f6f8; --surface: #fff; --line: #d7e0e5; --text: #14212a; --soft: #4c5d68; --danger: #b3261e; --on-danger: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1419; --surface: #151e25; --line: #2a3841; --text: #e5edf1; --soft: #a3b4bf; --danger: #ff9c92;
    --on-danger: #2a0805;
  }
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1rem 4rem; display: grid; gap: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; }
p, .size { color: var(--soft); }
form, ul { display: grid; gap: 1rem; padding: 0; list-style: none; }
ul { gap: 0; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; }
li + li { border-top: 1px solid var(--line); }
li label { display: flex; gap: 0.75rem; padding: 0.75rem 1rem; align-items: baseline; overflow-wrap: anywhere; }
li span { min-width: 0; flex: 1; }
.field { display: grid; gap: 0.25rem; }
.field input {
  font: inherit; padding: 0.6rem 0.75rem; border: 1px solid var(--soft); border-radius: 8px; background: var(--surface);
  color: inherit;
}
button {
  font: inherit; font-weight: 600; min-height: 2.75rem; border: 0; border-radius: 8px; padding: 0 1.25rem;
  background: var(--danger); color: var(--on-danger); justify-self: start;
}
p.problem { color: var(--danger); font-weight: 600; }
`;

/** Source of the Content-Security-Policy that allows the page's style and no other. */
export const DELETE_STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;
/** What has to be typed. */
export const CONFIRMATION = 'delete';

export interface DeletePage {
  /** Of the service, as users read it. */
  readonly serviceName: string;
  readonly holdings: readonly Holding[];
  /** A stored profile: its owner alone deletes. */
  readonly asksOwnerKey: boolean;
  /** What came of the last try; empty at first. */
  readonly message: string;
  readonly isProblem: boolean;
}

export function deletePage(page: DeletePage): string {
  const name = escaped(page.serviceName);
  const message =
    page.message === ''
      ? ''
      : `<p role="status"${page.isProblem ? ' class="problem"' : ''}>${escaped(page.message)}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Delete from ${name}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Delete from your ${name} account</h1>
${message}
${page.holdings.length === 0 ? '<p>The account holds no torrents that are ready.</p>' : form(page, name)}
</main>
</body>
</html>
`;
}

function form({ holdings, asksOwnerKey }: DeletePage, name: string): string {
  const ownerKey = asksOwnerKey
    ? '<p class="field"><label for="owner-key">Owner key of the profile</label>' +
      '<input id="owner-key" name="owner_key" type="password" autocomplete="off" required></p>'
    : '';
  return `<p>Tick what is to go. It is deleted at ${name}, for good; everything else stays as it is.</p>
<form method="post" autocomplete="off">
<ul>
${holdings.map(row).join('\n')}
</ul>
${ownerKey}
<p class="field"><label for="confirm">Type “${CONFIRMATION}” to confirm</label>
<input id="confirm" name="confirm" autocapitalize="none" required pattern="${CONFIRMATION}"></p>
<button>Delete what is ticked</button>
</form>`;
}

function row({ id, name, sizeBytes }: Holding): string {
  const size = sizeBytes > 0 ? ` <small class="size">${bytesText(sizeBytes)}</small>` : '';
  return `<li><label><input type="checkbox" name="id" value="${escaped(id)}"><span>${escaped(name)}${size}</span></label></li>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
