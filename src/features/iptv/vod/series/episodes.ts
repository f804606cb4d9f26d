/** Episodes of series that Xtream servers tell one series at a time: asked for when somebody opens the series, and kept. */
import type { CancelSignal } from '../../../../lib/async/cancel.ts';
import { SingleFlight } from '../../../../lib/async/single-flight.ts';
import { AppError } from '../../../../lib/errors.ts';
import { isJsonObject, type JsonValue } from '../../../../lib/json/json-value.ts';
import { AccountMarks, secretsOfAccount } from '../../../../lib/iptv/account-marks.ts';
import { seriesInfoUrl, type XtreamAccount } from '../../../../lib/xtream/account.ts';
import { seriesEpisodes } from '../../../../lib/xtream/vod-entry.ts';
import type { Fetcher } from '../../../../platform/fetch/fetcher.ts';
import { publicDetails } from '../../accounts/masked-entry.ts';
import type { SeriesRef, SeriesStore } from './store.ts';

export interface SeriesEpisodesParts {
  readonly store: SeriesStore;
  readonly fetcher: Pick<Fetcher, 'fetchBytes'>;
  /** @throws AppError `iptv.no-provider`, `iptv.bad-provider` */
  accountOf(providerId: number, signal: CancelSignal): Promise<XtreamAccount>;
}

const MAX_AGE_HOURS = 24;
const TIMEOUT_MS = 15_000;
const ANSWER_BYTES_MAX = 32 * 2 ** 20;

export class SeriesEpisodes implements AsyncDisposable {
  readonly #parts: SeriesEpisodesParts;
  readonly #flights = new SingleFlight<void>({
    flightTimeoutMs: TIMEOUT_MS + 5000,
    keysMax: 64,
    waitersMax: 200,
    attemptsMax: 1,
  });

  constructor(parts: SeriesEpisodesParts) {
    this.#parts = parts;
  }

  /**
   * Asks for the episodes of a title where they are not known, or not any more. A provider that does not answer is passed over
   * where something is known. @throws AppError `iptv.provider-refused`, `iptv.bad-playlist`, `fetch.…`
   */
  async keepCurrent(serial: number, signal: CancelSignal): Promise<void> {
    const due = await this.#parts.store.due(serial, MAX_AGE_HOURS, signal);
    for (const series of due) {
      const key = `${series.providerId} ${series.seriesRef}`;
      try {
        await this.#flights.run(key, (flight) => this.#fetch(series, flight), signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!series.isKnown && due.length === 1) throw error;
      }
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#flights[Symbol.asyncDispose]();
  }

  async #fetch(series: SeriesRef, signal: CancelSignal): Promise<void> {
    const { accountOf, fetcher, store } = this.#parts;
    const account = await accountOf(series.providerId, signal);
    const { status, bytes } = await fetcher.fetchBytes(seriesInfoUrl(account, series.seriesRef), {
      signal,
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: ANSWER_BYTES_MAX,
      acceptsCompressed: true,
    });
    if (status < 200 || status > 299)
      throw new AppError('iptv.provider-refused', `the provider answers with status ${status}`);
    const marks = new AccountMarks(secretsOfAccount(account));
    const episodes = seriesEpisodes(jsonOf(bytes), account).map((episode) => ({
      ...episode,
      url: marks.mask(episode.url),
      details: publicDetails(episode.details, marks),
    }));
    await store.put(series, episodes, signal);
  }
}

/** @throws AppError `iptv.bad-playlist` without a word of what the answer says */
function jsonOf(body: Uint8Array): JsonValue {
  try {
    const answer = JSON.parse(new TextDecoder().decode(body)) as JsonValue;
    if (isJsonObject(answer)) return answer;
  } catch {
    // Said below.
  }
  throw new AppError(
    'iptv.bad-playlist',
    'the provider sends no episodes: its answer is no JSON object',
  );
}
