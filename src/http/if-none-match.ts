/** If-None-Match (RFC 9110 section 13.1.2): weak comparison against the one ETag that would be sent. */

/** @param header as sent; @param etag strong and quoted */
export function matchesEtag(header: string, etag: string): boolean {
  if (header === etag) return true;
  if (header === '') return false;
  if (header.trim() === '*') return true;
  if (!header.includes(etag)) return false;
  return header.split(',').some((candidate) => {
    const trimmed = candidate.trim();
    return (trimmed.startsWith('W/') ? trimmed.slice(2) : trimmed) === etag;
  });
}
