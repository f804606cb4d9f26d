/** What is shown where no guide says anything: blocks of four hours with the name of the channel. */
import type { ShownProgramme } from './contract.ts';
import type { ListedChannel } from './store.ts';

const BLOCK_MS = 4 * 3_600_000;

/** Blocks that overlap the span, each at the same time whenever it is asked for. */
export function dummyProgrammes(
  { channelId, tvgId, name }: ListedChannel,
  fromMs: number,
  toMs: number,
): readonly ShownProgramme[] {
  const blocks: ShownProgramme[] = [];
  for (let at = Math.floor(fromMs / BLOCK_MS) * BLOCK_MS; at < toMs; at += BLOCK_MS)
    blocks.push({
      listedId: channelId,
      channelId: tvgId,
      startMs: at,
      stopMs: at + BLOCK_MS,
      titles: [{ text: name, lang: '' }],
      subtitles: [],
      descriptions: [],
      categories: [],
      iconUrl: '',
      season: null,
      episode: null,
      onscreen: '',
      year: 0,
      rating: '',
      isNew: false,
      isLive: false,
      isRepeat: false,
      isDummy: true,
    });
  return blocks;
}
