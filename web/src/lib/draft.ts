/**
 * What is being edited, as the browser keeps it over a reload of the tab. No credential is in it: those that the server
 * has sealed already are named by their place in the sealed configuration, and others have to be typed again.
 */
import { mapCredentials, type TextPaths } from './credentials.ts';
import { valueAt } from './field-path.ts';
import type { Source } from './editor-state.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { isMasked } from './mask.ts';

/** A configuration and the install address that the server made of it. */
export interface Sealed {
  readonly config: JsonObject;
  readonly secret: string;
}

export interface Draft {
  readonly config: JsonObject;
  readonly sealed: string | null;
  readonly source: Source | null;
}

export interface RestoredDraft {
  readonly config: JsonObject;
  /** Credentials that could not be kept. */
  readonly lost: number;
}

const FORMAT = 'sluice-draft-1';
const PLACE = 'sealed:';
const LOST = 'lost';

/** @param sealed the last one; null: nothing was sealed yet */
export function draftText(
  config: JsonObject,
  source: Source | null,
  sealed: Sealed | null,
  paths: TextPaths,
): string {
  const places = new Map<string, string>();
  if (sealed !== null) {
    mapCredentials(sealed.config, paths, (text, path) => {
      places.set(text, path);
      return text;
    });
  }
  const kept = mapCredentials(config, paths, (text) => {
    if (isMasked(text)) return text;
    const place = places.get(text);
    return place === undefined ? LOST : PLACE + place;
  });
  // A profile is opened with its owner's key, which no draft holds.
  const kind = source?.kind;
  const reopened = source === null || kind === 'profile' ? null : { secret: source.secret, kind };
  return JSON.stringify({
    format: FORMAT,
    config: kept,
    sealed: sealed?.secret ?? null,
    source: reopened,
  });
}

/** Null for anything but what `draftText` writes. */
export function parseDraft(text: string | null): Draft | null {
  try {
    const value = JSON.parse(text ?? 'null') as JsonValue;
    if (!isJsonObject(value) || value['format'] !== FORMAT || !isJsonObject(value['config']))
      return null;
    const { config, sealed, source } = value;
    return { config, sealed: typeof sealed === 'string' ? sealed : null, source: sourceOf(source) };
  } catch {
    return null;
  }
}

/** @param masked what the server shows of the sealed configuration; null when it shows nothing */
export function configOfDraft(
  { config }: Draft,
  masked: JsonObject | null,
  paths: TextPaths,
): RestoredDraft {
  let lost = 0;
  const restored = mapCredentials(config, paths, (text) => {
    const isKept = text.startsWith(PLACE) && masked !== null;
    const mask = isKept ? valueAt(masked, text.slice(PLACE.length)) : text;
    if (isMasked(mask)) return mask;
    lost++;
    return undefined;
  });
  return { config: restored, lost };
}

function sourceOf(value: JsonValue | undefined): Source | null {
  if (!isJsonObject(value) || typeof value['secret'] !== 'string') return null;
  const { secret, kind } = value;
  return kind === 'token' || kind === 'legacy' ? { secret, kind } : null;
}
