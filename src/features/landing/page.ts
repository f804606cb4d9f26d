/** The landing page: what this is, how to install it, where to set it up, whether it runs. One document, no script. */
import { createHash } from 'node:crypto';
import type { Readiness } from '../health/contract.ts';
import { LOGO_PATH } from './contract.ts';
import { LANDING_STYLE } from './style.ts';

export interface LandingIdentity {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Null: ours. */
  readonly logoUrl: string | null;
}

/** Source of the Content-Security-Policy that allows the page's style and no other. */
export const STYLE_HASH = `sha256-${createHash('sha256').update(LANDING_STYLE).digest('base64')}`;

const WEB_CLIENT = 'https://web.stremio.com/#/addons?addon=';
/** What parts are called; a part that is not named here goes by its own name. */
const PART_NAMES: Readonly<Record<string, string>> = {
  database: 'Database',
  redis: 'Shared cache',
  server: 'Server',
  disk: 'Disk',
};

export interface LandingFacts {
  /** Whoever installs needs the password: only the configure page leads there. */
  readonly isPrivate: boolean;
  readonly sourceCount: number;
}

const PRIVATE_TEXT = '<p>This server is private: have its password at hand.</p>\n';

/** @param baseUrl what every link begins with */
export function landingPage(
  identity: LandingIdentity,
  baseUrl: string,
  readiness: Readiness,
  { isPrivate, sourceCount }: LandingFacts,
): string {
  const name = escaped(identity.name);
  const manifestUrl = `${baseUrl}/manifest.json`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${name}</title>
<link rel="icon" href="${escaped(`${baseUrl}/favicon.ico`)}" sizes="32x32">
<link rel="icon" href="${escaped(`${baseUrl}/favicon.svg`)}" type="image/svg+xml">
<style>${LANDING_STYLE}</style>
</head>
<body>
<main>
<header>
<img src="${escaped(identity.logoUrl ?? baseUrl + LOGO_PATH)}" alt="" width="64" height="64">
<div><h1>${name}</h1><p class="soft">Media add-on, version ${escaped(identity.version)}</p></div>
</header>
<p class="lede">${escaped(identity.description)}</p>
${isPrivate ? '' : installSection(baseUrl, manifestUrl)}
<section aria-labelledby="configure">
<h2 id="configure">Set up</h2>
${isPrivate ? PRIVATE_TEXT : ''}
<p>Choose providers, filters, order, languages and catalogues, and install an add-on of your own.</p>
<p class="actions"><a class="button" href="${escaped(`${baseUrl}/configure`)}">Configure</a></p>
</section>
${statusSection(readiness, sourceCount)}
</main>
</body>
</html>
`;
}

function installSection(baseUrl: string, manifestUrl: string): string {
  const authority = baseUrl.slice(baseUrl.indexOf('//') + 2);
  return `<section aria-labelledby="install">
<h2 id="install">Install</h2>
<p>As it is, with the settings of this server:</p>
<p class="actions">
<a class="button is-main" href="${escaped(`stremio://${authority}/manifest.json`)}">Install in Stremio</a>
<a class="button" href="${escaped(WEB_CLIENT + encodeURIComponent(manifestUrl))}" rel="noreferrer">Stremio Web</a>
</p>
<p>Or give this address to your client:</p>
<p><a class="address" href="${escaped(manifestUrl)}">${escaped(manifestUrl)}</a></p>
${reachNote(baseUrl)}</section>`;
}

/** Other devices reach neither a loopback address nor, in Stremio, one without HTTPS. */
function reachNote(baseUrl: string): string {
  const { protocol, hostname } = new URL(baseUrl);
  const isLoopback = /^(?:localhost|127\.|\[::1\])/.test(hostname);
  if (isLoopback)
    return '<p class="note">This address works on the machine that the server runs on, and nowhere else.</p>\n';
  return protocol === 'https:'
    ? ''
    : '<p class="note">Stremio on other devices needs an address with HTTPS.</p>\n';
}

function statusSection({ ready, parts }: Readiness, sourceCount: number): string {
  const rows = Object.entries(parts).map(([part, outcome]) => {
    const name = escaped(PART_NAMES[part] ?? part);
    return `<li class="${outcome === 'ok' ? 'is-fine' : 'is-away'}"><span>${name}</span> ${outcomeText(outcome)}</li>`;
  });
  return `<section aria-labelledby="status">
<h2 id="status">Status</h2>
<p class="state ${ready ? 'is-fine' : 'is-away'}"><strong>${ready ? 'Ready' : 'Not ready'}</strong></p>
<ul>${rows.join('')}</ul>
<p>${sourcesText(sourceCount)}</p>
</section>`;
}

/** What they are called is the operator's matter. */
function sourcesText(count: number): string {
  if (count === 0)
    return 'No sources are set up: it plays what is in its library. Its operator can name some.';
  return `${count === 1 ? '1 source is' : `${count} sources are`} searched for every title.`;
}

/** In words: codes are for `/ready` and the log. */
function outcomeText(outcome: string): string {
  if (outcome === 'ok') return 'works';
  return outcome === 'draining' ? 'is stopping' : 'does not answer';
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
