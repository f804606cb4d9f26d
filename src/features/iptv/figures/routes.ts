/** `/api/v1/iptv/figures`: all that a dashboard shows, in one call; each part is made anew when its time is over. */
import { adminRoute } from '../../../http/admin-route.ts';
import type { Route } from '../../../http/route.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Providers } from '../providers.ts';
import type { FiguresStore } from './store.ts';

export interface FiguresParts {
  readonly store: FiguresStore;
  readonly providers: Pick<Providers, 'list'>;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
}

const TIMEOUT_MS = 60_000;
const MINUTE_MS = 60_000;
/** How long each part is told again, in milliseconds. */
const LIFETIMES = {
  categories: 60 * MINUTE_MS,
  providers: 15 * MINUTE_MS,
  counts: 5 * MINUTE_MS,
  health: 2 * MINUTE_MS,
} as const;
type Part = keyof typeof LIFETIMES;

interface Kept {
  readonly items: readonly object[];
  readonly madeAt: Date;
  readonly untilMs: number;
}

export class Figures {
  readonly #make: Readonly<Record<Part, (signal: CancelSignal) => Promise<readonly object[]>>>;
  readonly #nowMs: () => number;
  readonly #kept = new Map<Part, Kept>();

  constructor({ store, providers, nowMs = () => performance.now() }: FiguresParts) {
    this.#make = {
      categories: (signal) => store.categories(signal),
      providers: (signal) => providers.list(signal),
      counts: (signal) => store.counts(signal),
      health: (signal) => store.health(signal),
    };
    this.#nowMs = nowMs;
  }

  /** Each part with the time it was made at. */
  async all(signal: CancelSignal): Promise<Record<Part, Omit<Kept, 'untilMs'>>> {
    const [categories, providers, counts, health] = await Promise.all([
      this.#part('categories', signal),
      this.#part('providers', signal),
      this.#part('counts', signal),
      this.#part('health', signal),
    ]);
    return { categories, providers, counts, health };
  }

  async #part(part: Part, signal: CancelSignal): Promise<Omit<Kept, 'untilMs'>> {
    const nowMs = this.#nowMs();
    const kept = this.#kept.get(part);
    const isFresh = kept !== undefined && kept.untilMs > nowMs;
    const made = isFresh ? kept : await this.#fresh(part, nowMs, signal);
    return { madeAt: made.madeAt, items: made.items };
  }

  async #fresh(part: Part, nowMs: number, signal: CancelSignal): Promise<Kept> {
    const items = await this.#make[part](signal);
    const fresh = { items, madeAt: new Date(), untilMs: nowMs + LIFETIMES[part] };
    this.#kept.set(part, fresh);
    return fresh;
  }
}

export function figuresRoutes(figures: Figures): readonly Route[] {
  return [
    adminRoute({
      name: 'iptv-figures',
      pattern: '/api/v1/iptv/figures',
      timeoutMs: TIMEOUT_MS,
      answer: ({ signal }) => figures.all(signal),
    }),
  ];
}
