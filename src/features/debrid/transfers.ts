/** What accounts hold, read the same way at all services. */
import { foldControlCharacters } from '../../lib/control-characters.ts';
import { countOf, idOf, textOf } from '../../lib/json/json-fields.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import { parseInfohash } from '../../lib/torrent/infohash.ts';
import type { DebridFile, Transfer, TransferState } from './contract.ts';

const NAME_CHARS_MAX = 500;
const PATH_CHARS_MAX = 2000;
/** Of one transfer; the rest is left out. */
export const FILES_MAX = 5000;
/** Of one account. */
export const TRANSFERS_MAX = 5000;

/** In which order several transfers of one torrent are taken. */
const STATES: readonly TransferState[] = ['ready', 'downloading', 'queued', 'failed'];

interface FileFields {
  readonly id: JsonValue | undefined;
  readonly path: JsonValue | undefined;
  readonly size: JsonValue | undefined;
  readonly locator?: JsonValue | undefined;
}

/** Null for what has no id or no name. */
export function fileOf({ id, path, size, locator }: FileFields): DebridFile | null {
  const known = { id: idOf(id), path: nameOf(path, PATH_CHARS_MAX).replace(/^\/+/, '') };
  if (known.id === '' || known.path === '') return null;
  return { ...known, sizeBytes: countOf(size) ?? 0, locator: textOf(locator) };
}

interface TransferFields {
  readonly id: JsonValue | undefined;
  readonly infohash: JsonValue | undefined;
  readonly name: JsonValue | undefined;
  readonly state: TransferState;
  readonly failure?: Transfer['failure'];
  /** 0 to 1. */
  readonly progress?: number;
  readonly size?: JsonValue | undefined;
  readonly addedAtS?: number;
  readonly files?: readonly DebridFile[];
}

/** Null for a torrent without an id or a hash. */
export function torrentTransfer(fields: TransferFields): Transfer | null {
  const id = idOf(fields.id);
  const infohash = parseInfohash(textOf(fields.infohash));
  if (id === '' || infohash === null) return null;
  return {
    kind: 'torrent',
    id,
    infohash,
    ...transferFields(fields),
  };
}

/** Everything but what tells it from others. */
export function transferFields(
  fields: Omit<TransferFields, 'id' | 'infohash'>,
): Omit<Transfer, 'kind' | 'id' | 'infohash'> {
  const { state, failure = null, progress = 0, addedAtS = 0, files = [] } = fields;
  return {
    name: nameOf(fields.name, NAME_CHARS_MAX),
    state,
    failure: state === 'failed' ? (failure ?? 'debrid.transfer-failed') : null,
    progress: state === 'ready' ? 1 : fraction(progress),
    sizeBytes: countOf(fields.size) ?? 0,
    addedAtS: Number.isSafeInteger(addedAtS) && addedAtS > 0 ? addedAtS : 0,
    files: files.slice(0, FILES_MAX),
  };
}

/** Of several of one torrent, the one that plays soonest; undefined for none. */
export function soonest(transfers: readonly Transfer[]): Transfer | undefined {
  return transfers.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state))[0];
}

/** Epoch seconds of a date; 0 for none. */
export function secondsOf(value: JsonValue | undefined): number {
  const ms = Date.parse(textOf(value));
  return Number.isNaN(ms) ? 0 : Math.floor(ms / 1000);
}

function nameOf(value: JsonValue | undefined, charsMax: number): string {
  return foldControlCharacters(textOf(value)).slice(0, charsMax);
}

/** Services count to one or to a hundred; callers divide. */
function fraction(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;
}
