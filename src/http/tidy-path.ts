/** Paths as people and clients garble them: a doubled slash, or one at the end. They lead to the path that was meant. */

export function isUntidy(path: string): boolean {
  return path.includes('//') || (path.length > 1 && path.endsWith('/'));
}

/**
 * What was meant, relative to the garbled path: it stays on the host and below the path that a proxy has taken away,
 * also where the server knows neither.
 */
export function tidyReference(path: string, query: string): string {
  const tidy = path
    .replaceAll(/\/{2,}/g, '/')
    .replace(/\/$/, '')
    .slice(1);
  // Above 0 for every garbled path: the reference begins with a dot and never reads as a host or a scheme.
  const depth = path.split('/').length - 2;
  return `${'../'.repeat(depth)}${tidy}${query === '' ? '' : `?${query}`}`;
}
