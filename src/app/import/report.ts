/** What whoever imports sees: progress and refusals on standard error, results on standard output. */
import type { BulkCounts } from '../../features/ingest/contract.ts';
import { AppError } from '../../lib/errors.ts';

export interface ImportCounts {
  /** Things that were looked at: files, links, and lines of files. */
  done: number;
  imported: number;
  refused: number;
}

const EVERY_MS = 1000;
/** Of a summary in JSON; standard error has them all. */
const REFUSALS_KEPT_MAX = 1000;

export class ImportReport {
  readonly counts: ImportCounts = { done: 0, imported: 0, refused: 0 };
  readonly #refusals: { readonly what: string; readonly reason: string }[] = [];
  readonly #startedAtMs = performance.now();
  #toldAtMs = performance.now();

  /** @param text one line */
  tell(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  accepted(what: string, title: string): void {
    this.counts.done++;
    this.counts.imported++;
    this.tell(`imported ${what}: ${title}`);
  }

  /** @param what its file, with the line where it is one of many */
  refuse(what: string, error: unknown): void {
    this.counts.done++;
    this.counts.refused++;
    const reason = reasonOf(error);
    if (this.#refusals.length < REFUSALS_KEPT_MAX) this.#refusals.push({ what, reason });
    this.tell(`refused ${what}: ${reason}`);
  }

  /** One of the lines that `lines` counts. */
  refuseLine(what: string, reason: string): void {
    if (this.#refusals.length < REFUSALS_KEPT_MAX) this.#refusals.push({ what, reason });
    this.tell(`refused ${what}: ${reason}`);
  }

  lines(what: string, counts: BulkCounts, perSecond: number): void {
    const { lines, refused, titlesAdded, streamsAdded, streamsChanged, linksAdded, hidden } =
      counts;
    const notice = hidden === 0 ? '' : `; lists leave out private torrents (${hidden})`;
    this.counts.done += lines;
    this.counts.imported += lines - refused;
    this.counts.refused += refused;
    this.tell(
      `${what}: ${lines} lines (${perSecond} a second), ${titlesAdded} titles and ${streamsAdded} streams added, ` +
        `${streamsChanged} streams changed, ${linksAdded} links added, ${refused} lines refused${notice}`,
    );
  }

  /** Once a second at most. */
  progress(text: () => string): void {
    const nowMs = performance.now();
    if (nowMs - this.#toldAtMs < EVERY_MS) return;
    this.#toldAtMs = nowMs;
    this.tell(text());
  }

  summary(): string {
    const { done, imported, refused } = this.counts;
    return `${done} looked at, ${imported} imported, ${refused} refused in ${this.#elapsedS()} s`;
  }

  json(): string {
    return JSON.stringify({
      ...this.counts,
      seconds: Number(this.#elapsedS()),
      refusals: this.#refusals,
    });
  }

  #elapsedS(): string {
    return ((performance.now() - this.#startedAtMs) / 1000).toFixed(1);
  }
}

/** One line. */
function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? `${String(error.code)} ${error.message}` : error.message;
}
