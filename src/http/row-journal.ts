/** The journal's page of one row of the route table, as the front end writes it. */
import type { AnsweredRequest, RequestJournal } from '../lib/request-journal/request-journal.ts';
import type { RouteJournal } from '../lib/request-journal/route-journal.ts';

/** Asked by machines every few seconds: they would push out what people ask. */
const UNKEPT: ReadonlySet<string> = new Set(['health', 'ready', 'metrics']);

/** Null where there is no journal, and for rows that are not kept. */
export function rowJournal(
  journal: RequestJournal | null,
  method: string,
  route: string,
): RowJournal | null {
  return journal === null || UNKEPT.has(route)
    ? null
    : new RowJournal(journal, journal.row(method, route));
}

export class RowJournal {
  readonly #journal: RequestJournal;
  readonly #row: RouteJournal;

  constructor(journal: RequestJournal, row: RouteJournal) {
    this.#journal = journal;
    this.#row = row;
  }

  answered(request: AnsweredRequest, status: number, tookMs: number): void {
    this.#journal.answered(this.#row, request, status, tookMs);
  }

  /** Before anything was known about the request. */
  refused(status: number): void {
    this.#row.refused(status);
  }
}
