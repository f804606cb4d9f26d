/** From what is known of a release to a stream: what its title says, and what whoever has it knows. */
import { Buffer } from 'node:buffer';
import { releaseCodes, type ReleaseCodes } from '../release-title/codes.ts';
import type { ReleaseTitle } from '../release-title/release-title.ts';
import {
  LANGUAGE_UNKNOWN_BIT,
  STREAM_FLAGS,
  STREAM_KINDS,
  type StreamKind,
} from '../vocabulary.ts';
import type { StreamRow } from './fields.ts';

/** Texts are empty when unknown. */
export interface ReleaseFacts {
  readonly kind: StreamKind;
  /** 40 lower-case hexadecimal digits of torrents, else null. */
  readonly infohash: string | null;
  /** What the kind needs; empty for torrents. */
  readonly locator: string;
  /** Release title, one line. */
  readonly name: string;
  /** Where it is from, as users know it. */
  readonly origin: string;
  readonly uploader: string;
  /** 0 when unknown. */
  readonly sizeBytes: number;
  /** -1 when unknown. */
  readonly seeders: number;
  /** Epoch seconds of the upload; 0 when unknown. */
  readonly addedAtS: number;
  readonly trackers: readonly string[];
  readonly isPrivate: boolean;
  /** Of the file that plays; -1, empty and 0 when unknown. */
  readonly fileIndex: number;
  readonly filename: string;
  readonly fileSizeBytes: number;
}

const PRIVATE = 1 << STREAM_FLAGS.indexOf('private');
const UNKNOWN_LANGUAGE_HIGH = (1 << (LANGUAGE_UNKNOWN_BIT - 32)) >>> 0;

/** As it is shown to whoever plays the file that the facts name. */
export function releaseRow(facts: ReleaseFacts, release: ReleaseTitle): StreamRow {
  return rowWithCodes(facts, releaseCodes(release), release.group ?? '');
}

/** The same where the attributes are known already. */
export function rowWithCodes(facts: ReleaseFacts, codes: ReleaseCodes, group: string): StreamRow {
  const namesNoLanguage = codes.languagesLow === 0 && codes.languagesHigh === 0;
  // One by one: spread out, each row costs 10 µs more, and imports make millions.
  return {
    resolution: codes.resolution,
    quality: codes.quality,
    codec: codes.codec,
    hdrMask: codes.hdrMask,
    audioMask: codes.audioMask,
    channelsMask: codes.channelsMask,
    languagesLow: codes.languagesLow,
    subtitleLanguagesLow: codes.subtitleLanguagesLow,
    subtitleLanguagesHigh: codes.subtitleLanguagesHigh,
    bitDepth: codes.bitDepth,
    languagesHigh: namesNoLanguage ? UNKNOWN_LANGUAGE_HIGH : codes.languagesHigh,
    flagsMask: facts.isPrivate ? codes.flagsMask | PRIVATE : codes.flagsMask,
    // Not in the database yet.
    streamId: 0,
    kind: STREAM_KINDS.indexOf(facts.kind),
    name: facts.name,
    filename: facts.filename,
    locator: facts.infohash === null ? facts.locator : '',
    source: facts.origin,
    releaseGroup: group,
    uploader: facts.uploader,
    trackers: facts.trackers.join('\n'),
    infohash: facts.infohash === null ? null : Buffer.from(facts.infohash, 'hex'),
    totalSizeBytes: facts.sizeBytes,
    fileSizeBytes: facts.fileSizeBytes,
    fileIndex: facts.fileIndex,
    seeders: facts.seeders,
    addedAtS: facts.addedAtS,
  };
}
