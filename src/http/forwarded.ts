/** `Forwarded` (RFC 7239) as the list that `X-Forwarded-For` is: of each hop whom it was asked by. */

/** Commas and semicolons within quotes part nothing. */
const ELEMENT = /(?:[^,"]|"(?:[^"\\]|\\.)*")+/g;
const FOR = /(?:^|;)\s*for\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))\s*(?:;|$)/i;
/** Of a hop that says nothing of it, or nothing readable: no address, so what stands left of it is not believed. */
const NOBODY = 'unknown';

/** @param header all its lines in order, joined by commas */
export function forwardedFor(header: string): string {
  // A quote that does not end may hold anything.
  if ((header.replaceAll(/\\./g, '').split('"').length & 1) === 0) return NOBODY;
  return (header.match(ELEMENT) ?? [])
    .map((element) => {
      const [, quoted, plain] = FOR.exec(element.trim()) ?? [];
      const address = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? NOBODY;
      return address.includes(',') ? NOBODY : address;
    })
    .join(',');
}
