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

  #failed({ name }: MetadataProvider, error: unknown, signal: CancelSignal): void {
    signal.throwIfAborted();
    const code = error instanceof AppError ? error.code : undefined;
    const level = code === undefined || code === 'metadata.bad-answer' ? 'warn' : 'debug';
    this.#logger[level]({ service: name, code, err: error }, 'a metadata service failed');
  }
}
