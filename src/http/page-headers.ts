/** Headers of HTML pages: nothing from elsewhere, nothing inline unless it is named, no framing, no referrer. */

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
    'Content-Security-Policy',
    policy.join('; '),
    'Referrer-Policy',
    'no-referrer',
    'X-Frame-Options',
    'DENY',
    'Permissions-Policy',
    'camera=(), geolocation=(), microphone=()',
  ];
}
