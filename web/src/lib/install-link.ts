/** Install addresses: how clients open them, and what a pasted one holds. */

export interface InstallLinks {
  readonly manifest: string;
  /** Opens the Stremio app. */
  readonly app: string;
  /** Opens Stremio in the browser. */
  readonly web: string;
}

/** @param baseUrl what install links begin with, no trailing slash; @param secret null: the add-on without a configuration */
export function installLinks(baseUrl: string, secret: string | null): InstallLinks {
  const manifest = `${baseUrl}${secret === null ? '' : `/${secret}`}/manifest.json`;
  return {
    manifest,
    app: manifest.replace(/^https?:/, 'stremio:'),
    web: `https://web.stremio.com/#/addons?addon=${encodeURIComponent(manifest)}`,
  };
}

/** Also of one that was cut: the server says what is wrong with it. */
const SECRET = /^[SUD]-\S+$/;

/** The secret of an install address, a configure address, or the secret itself; null when there is none. */
export function secretIn(text: string): string | null {
  const parts = decoded(text.trim()).split(/[/?#&\s]+/);
  return parts.find((part) => SECRET.test(part)) ?? null;
}

export interface PageLocation {
  /** Path below which the server's routes are: empty, or `/sluice` behind a proxy. */
  readonly basePath: string;
  readonly secret: string | null;
}

/** What `location.pathname` of the page says. */
export function pageLocation(pathname: string): PageLocation {
  const [, before = ''] = /^(.*)\/(?:configure|import|live\/[^/]+)\/?$/.exec(pathname) ?? [];
  const last = before.slice(before.lastIndexOf('/') + 1);
  const secret = secretIn(last);
  return { basePath: secret === null ? before : before.slice(0, before.lastIndexOf('/')), secret };
}

/**
 * What install links begin with: what the server says, unless the page was reached below a path that the server does
 * not know of.
 * @param configured no trailing slash
 */
export function linkBase(configured: string, origin: string, basePath: string): string {
  return basePath === '' || new URL(configured).pathname !== '/' ? configured : origin + basePath;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
