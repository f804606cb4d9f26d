/** Headers of HTML pages: nothing from elsewhere, nothing inline unless it is named, no framing, no referrer. */

const FIRST = 'Content-Security-Policy';

/** Whether these are of a page. */
export function arePageHeaders(headers: readonly string[]): boolean {
  return headers[0] === FIRST;
}

/**
 * Header lines, name and value alternating.
 * @param sources directives of the Content-Security-Policy beside these
 * @param formAction where forms may be sent
 */
export function pageHeaders(
  sources: readonly string[],
  formAction: "'none'" | "'self'" = "'none'",
): readonly string[] {
  const policy = [
    "default-src 'none'",
    ...sources,
    "base-uri 'none'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
  ];
  return [
    FIRST,
    policy.join('; '),
    'Referrer-Policy',
    'no-referrer',
    'X-Frame-Options',
    'DENY',
    'Permissions-Policy',
    'camera=(), geolocation=(), microphone=()',
  ];
}
