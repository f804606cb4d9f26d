/** Task name → handler. A task of the contract without a handler does not compile. */
import type { TaskHandler, TaskName } from './contract.ts';
import { checkNames } from './tasks/check-names.ts';
import { compressHttp } from './tasks/compress-http.ts';
import { decodeCache } from './tasks/decode-cache.ts';
import { stageLinesTask } from './tasks/stage-lines.ts';
import { matchNames } from './tasks/match-names.ts';
import { parseAnimeListTask } from './tasks/parse-anime-list.ts';
import { parseTitles } from './tasks/parse-titles.ts';
import { renderPoster } from './tasks/render-poster.ts';

export const registry: { readonly [K in TaskName]: TaskHandler<K> } = {
  'anime-list.parse': parseAnimeListTask,
  'cache.decode': decodeCache,
  'http.compress': compressHttp,
  'lines.stage': stageLinesTask,
  'names.check': checkNames,
  'names.match': matchNames,
  'poster.render': renderPoster,
  'titles.parse': parseTitles,
};
