/** Answers of the API of imports, for operators and for users. */
import { EVERY_SEASON, LAST_EPISODE } from '../../lib/title-match/title-facts.ts';
import type { JobReport } from '../../platform/jobs/queue.ts';
import { hiddenBecause, SURE, type Analysis, type TitleGuess } from './contract.ts';

export function analysisBody(analysis: Analysis): object {
  const { stream, title, alternatives, links, unlinked, problem } = analysis;
  const { kind, infohash, locator, name, sizeBytes, isPrivate } = stream;
  return {
    stream: { kind, info_hash: infohash, url: locator, name, size: sizeBytes, private: isPrivate },
    title: title === null ? null : guessBody(title),
    alternatives: alternatives.map(guessBody),
    links: links.map(({ season, episodeFrom, episodeTo, fileIndex, filename, fileSizeBytes }) => ({
      season: season === EVERY_SEASON ? 'all' : season,
      episode: episodeTo === LAST_EPISODE ? null : episodeFrom,
      episode_to: episodeTo === LAST_EPISODE ? null : episodeTo,
      file_index: fileIndex,
      filename,
      size: fileSizeBytes,
    })),
    unlinked,
    is_sure: problem === null && title !== null && title.confidence >= SURE,
    hidden: hiddenBecause(stream),
    problem,
  };
}

function guessBody(guess: TitleGuess): object {
  const { type, imdbId, tmdbId, name, year, confidence, reason, mediaId } = guess;
  const isNew = mediaId === null;
  return { type, imdb: imdbId, tmdb: tmdbId, name, year, confidence, reason, is_new: isNew };
}

export function jobBody(job: JobReport): object {
  const { id, state, progress, error, result, createdAt, finishedAt, log } = job;
  return {
    id,
    state,
    progress,
    error,
    result,
    created_at: createdAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
    log: log.map(({ at, level, message }) => ({ at: at.toISOString(), level, message })),
  };
}
