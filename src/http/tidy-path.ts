/** Paths as people and clients garble them: a doubled slash, or one at the end. They lead to the path that was meant. */

export function isUntidy(path: string): boolean {
  return path.includes('//') || (path.length > 1 && path.endsWith('/'));
}

/** Absolute address of the path that was meant. @param baseUrl of this instance; never anything that the client sent */
export function tidyLocation(path: string, query: string, baseUrl: string): string {
  const basePath = new URL(baseUrl).pathname.replace(/\/$/, '');
  const tidy = path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  const below = basePath !== '' && (tidy === basePath || tidy.startsWith(`${basePath}/`)) ? tidy.slice(basePath.length) : tidy;
  return `${baseUrl}${below === '' ? '/' : below}${query === '' ? '' : `?${query}`}`;
}
