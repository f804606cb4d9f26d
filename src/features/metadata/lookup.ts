/** Asks every service that may know a title, and makes one of what they say. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { mergeFindings, type MergedTitle } from './merge.ts';
import type { FoundTitle, MetadataProvider, TitleIds } from './provider.ts';

/** Of one service for one title, all its calls together. */
const FIND_TIMEOUT_MS = 8000;

export interface LookedUp {
  readonly title: MergedTitle;
  /** A service did not answer. */
  readonly isPartial: boolean;
}

export class TitleLookup {
  readonly #providers: readonly MetadataProvider[];
  readonly #logger: Logger;
  /** Those whose last answer was of no use. */
  readonly #failing = new Set<MetadataProvider['name']>();

  constructor(providers: readonly MetadataProvider[], logger: Logger) {
    this.#providers = providers;
    this.#logger = logger;
  }

  canFind(ids: TitleIds): boolean {
    return this.#providers.some((provider) => provider.canFind(ids));
  }

  /**
   * Null when all that were asked say that there is no such title.
   * @throws AppError `metadata.unavailable` when none has it and one did not answer
   */
  async find(ids: TitleIds, signal: CancelSignal): Promise<LookedUp | null> {
    const findings = new Map<MetadataProvider['name'], FoundTitle>();
    const isEveryoneThere = await this.#ask(ids, findings, signal);
    if (findings.size === 0) {
      if (isEveryoneThere) return null;
      throw new AppError('metadata.unavailable', 'no metadata service answered: try again');
    }
    // One service may have learnt from another by which id it knows the title.
    const known = mergeFindings(findings);
    const isComplete = await this.#ask(known, findings, signal);
    return { title: mergeFindings(findings), isPartial: !isEveryoneThere || !isComplete };
  }

  /** What the first that finds anything has; empty when none does. @throws as `find` */
  async search(
    type: MediaType,
    text: string,
    timeoutMs: number,
    signal: CancelSignal,
  ): Promise<readonly FoundTitle[]> {
    const lists = await Promise.all(
      this.#providers.map((provider) =>
        provider.search(type, text, { signal, timeoutMs }).catch((error: unknown) => {
          this.#failed(provider, error, signal);
          return null;
        }),
      ),
    );
    const found = lists.find((list) => list !== null && list.length > 0);
    if (found !== undefined && found !== null) return found;
    if (lists.every((list) => list !== null)) return [];
    throw new AppError('metadata.unavailable', 'no metadata service answered: try again');
  }

  /** False when one of those that have not answered before did not. */
  async #ask(
    ids: TitleIds,
    findings: Map<MetadataProvider['name'], FoundTitle>,
    signal: CancelSignal,
  ): Promise<boolean> {
    const asked = this.#providers.filter(
      (provider) => !findings.has(provider.name) && provider.canFind(ids),
    );
    const answered = await Promise.all(
      asked.map(async (provider) => {
        try {
          const found = await provider.find(ids, { signal, timeoutMs: FIND_TIMEOUT_MS });
          this.#failing.delete(provider.name);
          if (found !== null) findings.set(provider.name, found);
          return true;
        } catch (error) {
          this.#failed(provider, error, signal);
          return false;
        }
      }),
    );
    return answered.every((isAnswered) => isAnswered);
  }

  /** One line when it begins: a wrong key fails for every title. What the network does is in the log of its upstream. */
  #failed({ name }: MetadataProvider, error: unknown, signal: CancelSignal): void {
    signal.throwIfAborted();
    const isOfNetwork = error instanceof AppError && error.code !== 'metadata.bad-answer';
    const level = isOfNetwork || this.#failing.has(name) ? 'debug' : 'warn';
    if (!isOfNetwork) this.#failing.add(name);
    this.#logger[level](
      { service: name, err: error, requestId: signal.requestId },
      'a metadata service is of no use',
    );
  }
}
