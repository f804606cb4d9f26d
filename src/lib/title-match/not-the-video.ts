/** Releases that have the title's name and do not play it: extras, music, books, games, adult parodies. */
import { isExtra, isMarker, isNoVideo, isTechnical } from './known-words.ts';
import type { Reading } from './match.ts';
import { refuse, type Refusal } from './reasons.ts';

const SUBTITLE_FILES: ReadonlySet<string> = new Set(['srt', 'ass', 'ssa', 'sub', 'idx', 'vtt']);
const ADULT_WORDS: ReadonlySet<string> = new Set(['xxx', 'porn', 'hentai']);

/** Undefined for what may be the title. */
export function notTheVideo(reading: Reading): Refusal | undefined {
  const { parsed, words, tail, title } = reading;
  if (parsed.extras.length > 0) return refuse('extra', parsed.extras.join(', '));
  const isAdult =
    parsed.flags.has('adult') || words.slice(tail).some(({ written }) => ADULT_WORDS.has(written));
  if (isAdult && title.facts.isAdult !== true) return refuse('adult');
  const extra = extraOf(reading);
  if (extra !== undefined) return refuse('extra', extra);
  if (SUBTITLE_FILES.has(parsed.extension ?? '')) return refuse('not-video', 'subtitles');
  const isVideo =
    parsed.resolution !== undefined || parsed.quality !== undefined || parsed.codec !== undefined;
  const other = isVideo ? undefined : words.slice(tail).find(isNoVideo);
  return other === undefined ? undefined : refuse('not-video', other.written);
}

/** Between an episode's number and how it was made stands its name, in which every word may be. */
function extraOf({ words, tail, text, parsed }: Reading): string | undefined {
  const hasEpisodeName = parsed.episodes.length > 0 || parsed.date !== undefined;
  let isEpisodeName = false;
  for (let at = tail; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) break;
    if (isTechnical(word)) isEpisodeName = false;
    else if (hasEpisodeName && isMarker(word.written)) isEpisodeName = true;
    const gap = text.slice(words[at - 1]?.to ?? 0, word.from);
    if (!isEpisodeName && isExtra(word, words[at - 1], gap)) return word.written;
  }
  return undefined;
}
