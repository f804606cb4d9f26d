/** A guide as rows of COPY: what is read is numbered, bounded and written in batches. */
import { copyArray, copyField } from '../../../lib/import-line/copy-text.ts';
import type { GuideChannel, LanguageText, Programme } from '../../../lib/xmltv/programme.ts';
import { badGuide, type GuideSink } from '../../../lib/xmltv/reader.ts';
import type { AccountMarks } from '../../../lib/iptv/account-marks.ts';
import type { GuideCounts } from '../contract.ts';

export interface RowBatch {
  /** COPY's text format. */
  readonly channels: Uint8Array;
  readonly programmes: Uint8Array;
}

export interface GuideSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

const CHANNELS_MAX = 100_000;
const PROGRAMMES_MAX = 20_000_000;
const BATCH_CHARS = 2 ** 18;
export const PROGRAMME_FLAGS = { isNew: 1, isLive: 2, isRepeat: 4 } as const;

interface Numbered {
  readonly channel: number;
  isDeclared: boolean;
}

export class GuideRows implements GuideSink {
  readonly #loadId: number;
  readonly #span: GuideSpan;
  readonly #marks: AccountMarks;
  readonly #onRefused: (reason: string) => void;
  readonly #numbers = new Map<string, Numbered>();
  #channels: string[] = [];
  #programmes: string[] = [];
  #chars = 0;
  #programmeCount = 0;
  #refused = 0;
  #outside = 0;

  /** @param span what lies outside is left out @param marks of the account in the guide's address: viewers get no icon with it */
  constructor(
    loadId: number,
    span: GuideSpan,
    marks: AccountMarks,
    onRefused: (reason: string) => void,
  ) {
    this.#loadId = loadId;
    this.#span = span;
    this.#marks = marks;
    this.#onRefused = onRefused;
  }

  get counts(): GuideCounts {
    return {
      channels: this.#numbers.size,
      programmes: this.#programmeCount,
      refused: this.#refused,
      outside: this.#outside,
    };
  }

  get isFull(): boolean {
    return this.#chars >= BATCH_CHARS;
  }

  channel({ id, names, iconUrl }: GuideChannel): void {
    const numbered = this.#numbered(id);
    if (numbered.isDeclared) return;
    numbered.isDeclared = true;
    this.#writeChannel(numbered.channel, id, names[0]?.text ?? id, iconUrl);
  }

  programme(programme: Programme): void {
    const { startMs, stopMs } = programme;
    if ((stopMs ?? startMs) < this.#span.fromMs || startMs > this.#span.toMs) {
      this.#outside++;
      return;
    }
    if (this.#programmeCount >= PROGRAMMES_MAX)
      throw badGuide(`it has more than ${PROGRAMMES_MAX} programmes`);
    this.#programmeCount++;
    const { channel } = this.#numbered(programme.channelId);
    const row = this.#row(channel, programme);
    this.#chars += row.length;
    this.#programmes.push(row);
  }

  refused(reason: string): void {
    this.#refused++;
    this.#onRefused(reason);
  }

  /** Channels that programmes name and nobody has declared. */
  addUndeclared(): void {
    for (const [id, numbered] of this.#numbers)
      if (!numbered.isDeclared) this.#writeChannel(numbered.channel, id, id, '');
  }

  /** What has come since the last batch. */
  take(): RowBatch {
    const batch = {
      channels: Buffer.from(this.#channels.join('')),
      programmes: Buffer.from(this.#programmes.join('')),
    };
    this.#channels = [];
    this.#programmes = [];
    this.#chars = 0;
    return batch;
  }

  #numbered(id: string): Numbered {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    if (this.#numbers.size >= CHANNELS_MAX)
      throw badGuide(`it has more than ${CHANNELS_MAX} channels`);
    const added = { channel: this.#numbers.size, isDeclared: false };
    this.#numbers.set(id, added);
    return added;
  }

  #icon(url: string): string {
    return this.#marks.holdsSecret(url) ? '' : copyField(url);
  }

  #writeChannel(channel: number, id: string, name: string, iconUrl: string): void {
    const fields = [this.#loadId, channel, copyField(id), copyField(name), this.#icon(iconUrl)];
    const row = `${fields.join('\t')}\n`;
    this.#chars += row.length;
    this.#channels.push(row);
  }

  #row(channel: number, programme: Programme): string {
    const { startMs, stopMs, season, episode, year, titles, subtitles, descriptions } = programme;
    const { iconUrl, onscreen, rating, categories } = programme;
    const stop = stopMs === null ? 'infinity' : new Date(stopMs).toISOString();
    return (
      `${new Date(startMs).toISOString()}\t${stop}\t${this.#loadId}\t${channel}\t` +
      `${season ?? NULL}\t${episode ?? NULL}\t${year}\t${flagsOf(programme)}\t` +
      `${first(titles)}\t${first(subtitles)}\t${first(descriptions)}\t${copyField(titles[0]?.lang ?? '')}\t` +
      `${this.#icon(iconUrl)}\t${copyField(onscreen)}\t${copyField(rating)}\t` +
      `${copyArray(categories)}\t${otherTexts(programme)}\n`
    );
  }
}

const NULL = String.raw`\N`;

function first(texts: readonly LanguageText[]): string {
  return copyField(texts[0]?.text ?? '');
}

function flagsOf({ isNew, isLive, isRepeat }: Programme): number {
  return (
    (isNew ? PROGRAMME_FLAGS.isNew : 0) |
    (isLive ? PROGRAMME_FLAGS.isLive : 0) |
    (isRepeat ? PROGRAMME_FLAGS.isRepeat : 0)
  );
}

function otherTexts({ titles, subtitles, descriptions }: Programme): string {
  if (titles.length < 2 && subtitles.length < 2 && descriptions.length < 2) return NULL;
  const [others, otherSubtitles, otherDescriptions] = [titles, subtitles, descriptions].map(
    (texts) => texts.slice(1),
  );
  const kept = { titles: others, subtitles: otherSubtitles, descriptions: otherDescriptions };
  return copyField(JSON.stringify(kept).replaceAll(String.raw`\u0000`, ''));
}
