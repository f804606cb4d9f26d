/**
 * What a playback link says of a Usenet post: where its NZB is, and which title it plays. Signed, so that a key at an indexer
 * is used for what a search has found there, and for nothing else.
 */
import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';

export interface NzbLink {
  /** Address of the NZB, without any key. */
  readonly locator: string;
  /** Of the title that it was found for; 0 when unknown. */
  readonly mediaId: number;
}

/** Keyed: nobody else makes it. @returns 22 characters */
type Digest = (text: string) => string;

const PREFIX = 'nzb-';
const SIGNATURE_CHARS = 22;
const REF = /^nzb-[\w-]{22,}$/;
/** In bytes. Links with more would be refused as too long on their way. */
export const NZB_LOCATOR_BYTES_MAX = 1500;

/** One part of a path. */
export function nzbRef({ locator, mediaId }: NzbLink, digest: Digest): string {
  const text = `${mediaId}\n${locator}`;
  return PREFIX + signatureOf(text, digest) + Buffer.from(text).toString('base64url');
}

/** Null for what this server has not written. */
export function readNzbRef(ref: string, digest: Digest): NzbLink | null {
  if (!REF.test(ref)) return null;
  const signature = ref.slice(PREFIX.length, PREFIX.length + SIGNATURE_CHARS);
  const text = Buffer.from(ref.slice(PREFIX.length + SIGNATURE_CHARS), 'base64url').toString();
  if (!isEqual(signature, signatureOf(text, digest))) return null;
  const newline = text.indexOf('\n');
  return { mediaId: Number(text.slice(0, newline)), locator: text.slice(newline + 1) };
}

function signatureOf(text: string, digest: Digest): string {
  return digest(`nzb link\n${text}`);
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
