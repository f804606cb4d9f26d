/**
 * Another instance of Sluice or MediaFusion. Its Torznab output has whole names, sizes and hashes of what it knows, and starts
 * no search there, so that two instances may name each other; its stream list, which is for people, does where there is none.
 */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError, type ErrorCode } from '../../../lib/errors.ts';
import type { AddonSettings } from '../../../lib/source-settings/source-settings.ts';
import type { Upstreams } from '../../../platform/upstream/upstream.ts';
import type { SearchSubject } from '../contract.ts';
import type { Source, SourceCall, SourceReport } from '../source.ts';
import { addonSource } from './addon.ts';
import { AddonAddress } from './addon-manifest.ts';
import { torznabSource } from './torznab.ts';

/** How long it is not tried again where it is switched off, absent or behind a key. */
const PAUSE_MS = 3_600_000;
/** Settings of a user at the end of the address: `D-…`, `U-…`, `S-…`. */
const SETTINGS = /\/[A-Z]-[^/]+$/;
/** Its server works, and has no Torznab output for us. */
const NO_OUTPUT: ReadonlySet<ErrorCode> = new Set([
  'source.refused',
  'source.bad-answer',
  'source.not-found',
  'source.unsupported',
  'source.failed',
]);

export function peerSource(settings: AddonSettings, upstreams: Upstreams): Source {
  return new PeerSource(settings, upstreams);
}

class PeerSource implements Source {
  readonly id: string;
  readonly name: string;
  readonly #torznab: Source;
  readonly #streams: Source;
  #torznabPausedUntilMs = 0;

  constructor(settings: AddonSettings, upstreams: Upstreams) {
    this.id = settings.id;
    this.name = settings.name;
    this.#streams = addonSource(settings, upstreams);
    this.#torznab = torznabSource(
      {
        ...settings,
        kind: 'torznab',
        url: `${new AddonAddress(settings.url).base.replace(SETTINGS, '')}/torznab/api`,
        apiKey: '',
        headers: {},
        movieCategories: null,
        seriesCategories: null,
      },
      upstreams,
    );
  }

  canSearch(subject: SearchSubject): boolean {
    return this.#torznab.canSearch(subject) || this.#streams.canSearch(subject);
  }

  async search(subject: SearchSubject, call: SourceCall): Promise<void> {
    if (performance.now() >= this.#torznabPausedUntilMs && this.#torznab.canSearch(subject)) {
      try {
        return await this.#torznab.search(subject, call);
      } catch (error) {
        if (!isWithoutOutput(error)) throw error;
        this.#torznabPausedUntilMs = performance.now() + PAUSE_MS;
      }
    }
    if (this.#streams.canSearch(subject)) await this.#streams.search(subject, call);
  }

  /** What works is what searches use: the Torznab output, else the stream list. */
  async test(signal: CancelSignal): Promise<SourceReport> {
    const output = await this.#torznab.test(signal);
    if (output.isWorking) return output;
    return this.#streams.test(signal);
  }
}

function isWithoutOutput(error: unknown): boolean {
  return error instanceof AppError && NO_OUTPUT.has(error.code);
}
