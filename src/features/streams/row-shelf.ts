/**
 * Which sets have rows that were written before, by template: bounded in bytes, least recently used goes first. A set that
 * is asked for once only, and most are, keeps nothing here.
 */
import { LRUCache } from 'lru-cache';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { WrittenRows } from './written-rows.ts';

/** By template; null: asked for once. */
type RowsByTemplate = Map<string, Shelved | null>;

interface Shelved {
  readonly rows: WrittenRows;
  readonly templateKey: string;
  readonly siblings: RowsByTemplate;
  countedBytes: number;
}

/** Templates of one set that are told apart; there may be as many as users. */
const TEMPLATES_MAX = 16;

export class RowShelf {
  readonly #bySet = new WeakMap<StreamSet, RowsByTemplate>();
  readonly #kept: LRUCache<WrittenRows, Shelved>;
  readonly #keepsAny: boolean;

  /** @param bytesMax of all rows; 0 keeps nothing */
  constructor(bytesMax: number) {
    this.#keepsAny = bytesMax > 0;
    // To the library 0 means no bound; no rows fit into one byte.
    this.#kept = new LRUCache({
      maxSize: Math.max(1, bytesMax),
      dispose: (shelved) => forget(shelved),
    });
  }

  /** Bytes counted against the bound. */
  get sizeBytes(): number {
    return this.#kept.calculatedSize;
  }

  /**
   * The rows of a set as this template writes them; null when they are asked for the first time.
   * @param rowCount more than the set has where this template writes them in several ways
   */
  take(set: StreamSet, templateKey: string, rowCount = set.rowCount): WrittenRows | null {
    if (!this.#keepsAny) return null;
    const byTemplate = this.#bySet.get(set);
    if (byTemplate === undefined) {
      this.#bySet.set(set, new Map([[templateKey, null]]));
      return null;
    }
    const known = byTemplate.get(templateKey);
    if (known === undefined) {
      if (byTemplate.size < TEMPLATES_MAX) byTemplate.set(templateKey, null);
      return null;
    }
    if (known !== null) {
      this.#kept.get(known.rows);
      return known.rows;
    }
    const shelved = {
      rows: new WrittenRows(rowCount),
      templateKey,
      siblings: byTemplate,
      countedBytes: 0,
    };
    byTemplate.set(templateKey, shelved);
    this.#count(shelved);
    return shelved.rows;
  }

  /** To be told when rows or pieces were added: what they take now counts. */
  grew(rows: WrittenRows): void {
    const shelved = this.#kept.peek(rows);
    if (shelved !== undefined && shelved.countedBytes !== rows.sizeBytes) this.#count(shelved);
  }

  /** A shelf too small for these rows forgets them at once. */
  #count(shelved: Shelved): void {
    shelved.countedBytes = shelved.rows.sizeBytes;
    this.#kept.delete(shelved.rows);
    shelved.siblings.set(shelved.templateKey, shelved);
    this.#kept.set(shelved.rows, shelved, { size: shelved.countedBytes });
    if (!this.#kept.has(shelved.rows)) forget(shelved);
  }
}

/** As if it had been asked for once. */
function forget({ siblings, templateKey }: Shelved): void {
  siblings.set(templateKey, null);
}
