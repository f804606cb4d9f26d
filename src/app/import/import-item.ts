/** Imports one file or link and says what came of it. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type {
  Analysis,
  BulkImport,
  BulkPosition,
  Ingest,
  TitleHint,
} from '../../features/ingest/contract.ts';
import { hiddenBecause, NO_HINT } from '../../features/ingest/contract.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { FilePlacement } from '../../lib/import-line/placements.ts';
import type { LineStream } from '../../lib/import-line/stream-line.ts';
import { LAST_EPISODE } from '../../lib/title-match/title-facts.ts';
import type { ImportArguments } from './arguments.ts';
import type { ImportItem } from './items.ts';
import type { ImportReport } from './report.ts';

/** Larger than any `.torrent` or NZB. */
const FILE_BYTES_MAX = 64 * 2 ** 20;
const NAME_CHARS_MAX = 100;

export class ItemImporter {
  readonly #ingest: Ingest;
  readonly #bulk: BulkImport;
  readonly #given: ImportArguments;
  readonly #report: ImportReport;
  readonly #signal: CancelSignal;

  constructor(
    { ingest, bulk }: { readonly ingest: Ingest; readonly bulk: BulkImport },
    given: ImportArguments,
    report: ImportReport,
    signal: CancelSignal,
  ) {
    this.#ingest = ingest;
    this.#bulk = bulk;
    this.#given = given;
    this.#report = report;
    this.#signal = signal;
  }

  /** What is refused is reported; rejects with the signal's reason alone. */
  async run(item: ImportItem): Promise<void> {
    this.#signal.throwIfAborted();
    const what = item.kind === 'file' ? item.path : item.link.slice(0, NAME_CHARS_MAX);
    try {
      if (item.kind === 'file' && this.#bulk.isLinesFile(item.path))
        return await this.#importLines(item.path);
      const stream = this.#named(await this.#read(item));
      const { isDryRun } = this.#given;
      const analysis = await this.#ingest[isDryRun ? 'analyse' : 'import'](
        stream,
        this.#hint,
        this.#signal,
      );
      if (analysis.problem !== null) throw new AppError('import.bad-line', analysis.problem);
      if (isDryRun) this.#report.tell(`${what}: ${analysisText(analysis)}`);
      else this.#report.accepted(what, analysisText(analysis));
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#report.refuse(what, error);
    }
  }

  /** Line by line; the counts of the report are those of lines. */
  async #importLines(what: string): Promise<void> {
    if (this.#given.isDryRun)
      throw new AppError('import.bad-line', 'files of lines cannot be looked at with --dry-run');
    const report = this.#report;
    if (this.#given.isBackground) {
      const id = await this.#bulk.enqueueFile(what, this.#signal);
      return report.accepted(what, `left to job ${id} (/api/v1/import/job/${id})`);
    }
    const startedAtMs = performance.now();
    const rate = (done: number) => Math.round((done * 1000) / (performance.now() - startedAtMs));
    const progress = ({ counts }: BulkPosition) =>
      report.progress(() => `${what}: ${counts.lines} lines, ${rate(counts.lines)} a second`);
    const refused = (line: number, reason: string) => report.refuseLine(`${what}:${line}`, reason);
    const listener = { progress, refused };
    const counts = await this.#bulk.importFile(what, null, listener, this.#signal);
    report.lines(what, counts, rate(counts.lines));
  }

  get #hint(): TitleHint {
    return this.#given.hint ?? NO_HINT;
  }

  async #read(item: ImportItem): Promise<LineStream> {
    if (item.kind === 'link') return this.#ingest.read({ link: item.link }, this.#signal);
    if (item.sizeBytes > FILE_BYTES_MAX)
      throw new AppError('import.bad-line', `it is larger than ${FILE_BYTES_MAX} bytes`);
    const bytes = await readFile(item.path);
    const { url } = this.#given;
    return this.#ingest.read({ bytes, filename: basename(item.path), url }, this.#signal);
  }

  #named(stream: LineStream): LineStream {
    const { name, part } = this.#given;
    return {
      ...stream,
      ...(name === '' ? {} : { name }),
      ...(part === undefined ? {} : { part, files: stream.files }),
    };
  }
}

/** `Sintel (2010), movie: file 1 Sintel.mkv`. */
function analysisText({ stream, title, links, unlinked }: Analysis): string {
  if (title === null) return 'no title';
  const year = title.year === 0 ? '' : ` (${title.year})`;
  const left = unlinked.length === 0 ? '' : `; ${unlinked.length} videos play nothing known`;
  const [first] = links;
  const plays =
    links.length === 1 && first !== undefined ? linkText(first) : `${links.length} files or parts`;
  const hidden = hiddenBecause(stream);
  const notice = hidden === null ? '' : `; ${hidden}`;
  return `${title.name}${year}, ${title.type}, ${plays}${left} (${title.reason})${notice}`;
}

function linkText({ season, episodeFrom, episodeTo, filename }: FilePlacement): string {
  const file = filename === '' ? '' : ` ${filename}`;
  if (episodeTo === LAST_EPISODE)
    return season < 0 ? `all seasons${file}` : `season ${season}${file}`;
  if (episodeTo === 0) return `film${file}`;
  const to = episodeTo === episodeFrom ? '' : `-${episodeTo}`;
  return `season ${season} episode ${episodeFrom}${to}${file}`;
}
