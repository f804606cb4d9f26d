/** Lists that are shown page by page. */
import type { QueryFields } from './query-fields.ts';

/** As admin answers have it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly page: number;
  readonly per_page: number;
  readonly pages: number;
}

export interface PageChoice {
  readonly page: number;
  readonly perPage: number;
}

/** Names of the parameters that `pageChoice` reads. */
export const PAGE_FIELDS = ['page', 'per_page'] as const;
const PAGES_MAX = 100_000;
const PER_PAGE_MAX = 100;
const PER_PAGE = 20;

/** @throws AppError `request.bad-query` */
export function pageChoice(fields: QueryFields): PageChoice {
  return {
    page: fields.integer('page', { min: 1, max: PAGES_MAX, fallback: 1 }),
    perPage: fields.integer('per_page', { min: 1, max: PER_PAGE_MAX, fallback: PER_PAGE }),
  };
}

export function pageOf<T>(all: readonly T[], { page, perPage }: PageChoice): Page<T> {
  const start = (page - 1) * perPage;
  return {
    items: all.slice(start, start + perPage),
    total: all.length,
    page,
    per_page: perPage,
    pages: Math.ceil(all.length / perPage),
  };
}
