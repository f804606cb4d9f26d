/** What channels show, from the guide that each has. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { LanguageText } from '../../lib/xmltv/programme.ts';
import type { Guide, NowAndNext, ShownProgramme } from './contract.ts';
import { dummyProgrammes } from './dummy-programmes.ts';
import { PROGRAMME_FLAGS } from './load/rows.ts';
import type { GuideStore, ListedChannel, ProgrammeRow } from './store.ts';

const NOW_AND_NEXT_MS = 8 * 3_600_000;
/** A week of so many channels is two thousand rows. */
const CHANNELS_OF_BATCH = 8;

export class GuideService implements Guide {
  readonly #store: GuideStore;

  constructor(store: GuideStore) {
    this.#store = store;
  }

  async nowAndNext(
    channelIds: readonly string[],
    atMs: number,
    signal: CancelSignal,
  ): Promise<ReadonlyMap<string, NowAndNext>> {
    const rows = await this.#store.nowAndNext(channelIds, atMs, signal);
    const found = new Map<string, NowAndNext>();
    for (const row of rows) {
      const { now = null, next = null } = found.get(row.channelId) ?? {};
      if (row.startMs <= atMs) found.set(row.channelId, { now: shown(row), next });
      else found.set(row.channelId, { now, next: next ?? shown(row) });
    }
    const missing = channelIds.filter((channelId) => !found.has(channelId));
    for (const channel of await this.#listed(missing, signal)) {
      const [now = null, next = null] = dummyProgrammes(channel, atMs, atMs + NOW_AND_NEXT_MS);
      found.set(channel.channelId, { now, next });
    }
    return found;
  }

  version(channelIds: readonly string[], signal: CancelSignal): Promise<string> {
    return this.#store.version(channelIds, signal);
  }

  async *programmes(
    channelIds: readonly string[],
    fromMs: number,
    toMs: number,
    signal: CancelSignal,
  ): AsyncGenerator<readonly ShownProgramme[]> {
    for (let at = 0; at < channelIds.length; at += CHANNELS_OF_BATCH) {
      const asked = channelIds.slice(at, at + CHANNELS_OF_BATCH);
      const rows = await this.#store.programmes(asked, fromMs, toMs, signal);
      const known = new Set(rows.map(({ channelId }) => channelId));
      const missing = asked.filter((channelId) => !known.has(channelId));
      const dummies = (await this.#listed(missing, signal)).flatMap((channel) =>
        dummyProgrammes(channel, fromMs, toMs),
      );
      yield [...rows.map(shown), ...dummies];
    }
  }

  async #listed(
    channelIds: readonly string[],
    signal: CancelSignal,
  ): Promise<readonly ListedChannel[]> {
    return channelIds.length === 0 ? [] : this.#store.matchesOf(channelIds, signal);
  }
}

interface OtherTexts {
  readonly titles?: readonly LanguageText[];
  readonly subtitles?: readonly LanguageText[];
  readonly descriptions?: readonly LanguageText[];
}

function shown({
  channelId,
  xmltvId,
  flags,
  title,
  subtitle,
  description,
  lang,
  otherTexts,
  ...rest
}: ProgrammeRow): ShownProgramme {
  const others = (otherTexts ?? {}) as OtherTexts;
  return {
    ...rest,
    listedId: channelId,
    channelId: xmltvId,
    titles: textsOf(title, lang, others.titles),
    subtitles: textsOf(subtitle, lang, others.subtitles),
    descriptions: textsOf(description, lang, others.descriptions),
    isNew: (flags & PROGRAMME_FLAGS.isNew) !== 0,
    isLive: (flags & PROGRAMME_FLAGS.isLive) !== 0,
    isRepeat: (flags & PROGRAMME_FLAGS.isRepeat) !== 0,
    isDummy: false,
  };
}

function textsOf(
  text: string,
  lang: string,
  others: readonly LanguageText[] = [],
): readonly LanguageText[] {
  return text === '' ? others : [{ text, lang }, ...others];
}
