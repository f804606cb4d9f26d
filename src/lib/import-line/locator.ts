/** Where streams that are no torrents are: an address, or the id of the service that has them. */
import type { StreamKind } from '../vocabulary.ts';
import { badLine, type LineFields } from './line-fields.ts';

const URL_CHARS_MAX = 4000;
const YOUTUBE_ID = /^[\w-]{11}$/;
const YOUTUBE_PATH =
  /(?:youtube\.com\/(?:watch\?(?:[^#]*&)?v=|shorts\/|embed\/|live\/)|youtu\.be\/)/;
const YOUTUBE_URL = new RegExp(
  `^https?://(?:(?:www|m|music)\\.)?${YOUTUBE_PATH.source}([\\w-]{11})(?![\\w-])`,
  'i',
);
const KEY_PARAMETER = /^(?:api_?key|apikey|token|access_token|passkey|password|auth|secret|r)$/i;
/** What is expected instead of an address that `holdsSecret`. */
export const WITHOUT_SECRETS = 'one without, since everybody who gets the stream would have it';
const ACESTREAM = /^(?:acestream:\/\/)?([0-9a-f]{40})$/i;

/** @throws AppError `import.bad-line` */
export function locatorOf(kind: Exclude<StreamKind, 'torrent'>, fields: LineFields): string {
  if (kind === 'youtube') {
    const given = fields.text(URL_CHARS_MAX, 'youtubeId', 'id', 'url');
    return (
      youtubeId(given) ?? fields.fail('youtubeId', 'the 11 characters of a video, or its address')
    );
  }
  if (kind === 'acestream') {
    const given = fields.text(URL_CHARS_MAX, 'contentId', 'id', 'url');
    return (
      acestreamId(given) ??
      fields.fail('contentId', '40 hexadecimal digits, or acestream:// and them')
    );
  }
  const url = fields.text(URL_CHARS_MAX, 'url');
  const locator = httpUrl(url) ?? fields.fail('url', 'an address with http:// or https://');
  // The refusal does not repeat the address: it goes to logs.
  return holdsSecret(locator)
    ? badLine(`url has a key or a password in it: expected ${WITHOUT_SECRETS}`)
    : locator;
}

/** Whether the address holds what belongs to whoever brings it. */
export function holdsSecret(locator: string): boolean {
  if (!URL.canParse(locator)) return false;
  const { username, password, searchParams } = new URL(locator);
  return (
    username + password !== '' || [...searchParams.keys()].some((key) => KEY_PARAMETER.test(key))
  );
}

/** Of an id or the address of a video; null for anything else. */
export function youtubeId(text: string): string | null {
  return YOUTUBE_ID.test(text) ? text : (YOUTUBE_URL.exec(text)?.[1] ?? null);
}

/** Lower-case digits; null for anything else. */
export function acestreamId(text: string): string | null {
  return ACESTREAM.exec(text)?.[1]?.toLowerCase() ?? null;
}

/** Canonical, without a fragment; null for anything but http and https. */
export function httpUrl(text: string): string | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  url.hash = '';
  return url.href;
}
