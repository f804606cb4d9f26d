/** Values that stand for "unknown" in what somebody brings. */
import type { LineStream } from '../../../lib/import-line/stream-line.ts';

export const UNKNOWN_STREAM = {
  infohash: null,
  locator: '',
  name: '',
  origin: 'import',
  uploader: '',
  sizeBytes: 0,
  seeders: -1,
  addedAtS: 0,
  trackers: [],
  isPrivate: false,
  fileIndex: -1,
  filename: '',
  fileSizeBytes: 0,
  codes: undefined,
  group: undefined,
  files: [],
  part: undefined,
} as const satisfies Omit<LineStream, 'kind'>;
