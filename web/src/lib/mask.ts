/** Stored secrets: the server shows bullets and a fingerprint in their place, and takes those back as "unchanged". */

const MASKED = /^•{3,}[\w-]*$/u;

export function isMasked(value: unknown): value is string {
  return typeof value === 'string' && MASKED.test(value);
}
