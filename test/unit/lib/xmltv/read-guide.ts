/** A whole guide from its bytes. */
import { unxz } from '../../../../src/platform/xz/unxz.ts';
import { guideText } from '../../../../src/lib/xmltv/guide-text.ts';
import type { GuideChannel, Programme } from '../../../../src/lib/xmltv/programme.ts';
import { XmltvReader } from '../../../../src/lib/xmltv/reader.ts';

export interface ReadGuide {
  readonly channels: GuideChannel[];
  readonly programmes: Programme[];
  readonly refused: string[];
}

/** @param pieceBytes as it comes in */
export async function readGuide(bytes: Uint8Array, pieceBytes = 1000): Promise<ReadGuide> {
  const guide: ReadGuide = { channels: [], programmes: [], refused: [] };
  const reader = new XmltvReader({
    channel: (channel) => guide.channels.push(channel),
    programme: (programme) => guide.programmes.push(programme),
    refused: (reason) => guide.refused.push(reason),
  });
  const chunks = async function* () {
    for (let at = 0; at < bytes.byteLength; at += pieceBytes)
      yield bytes.subarray(at, at + pieceBytes);
  };
  for await (const text of guideText(chunks(), unxz)) reader.write(text);
  reader.close();
  return guide;
}
