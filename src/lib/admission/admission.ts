/** The one place that decides which requests a process takes on (docs/overload.md). */
import type { Sample } from '../metrics/metric-family.ts';
import type { Brownout, Rank } from './brownout.ts';
import type { InFlight } from './in-flight.ts';
import type { TurnBudget } from './turn-budget.ts';

/** What a request of some class is worth. */
export interface Worth {
  readonly name: string;
  /** Of one that is answered from memory. */
  readonly rank: Rank;
  /** Of one that has to be worked on. */
  readonly workRank: Rank;
}

/** For how many budgets of a turn requests of a rank are served; those of rank 1 while there are others to make way. */
const TURN_BUDGETS: Readonly<Record<Rank, number>> = { 0: 8, 1: 4, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1 };

export interface AdmissionParts {
  readonly turns: TurnBudget;
  readonly inFlight: InFlight;
  readonly brownout: Brownout;
  /** Of requests; all are counted from the start. */
  readonly classes: readonly string[];
}

export class Admission {
  readonly turns: TurnBudget;
  readonly inFlight: InFlight;
  readonly #brownout: Brownout;
  readonly #refused: Map<string, number>;

  constructor({ turns, inFlight, brownout, classes }: AdmissionParts) {
    this.#refused = new Map(classes.map((name) => [name, 0]));
    this.turns = turns;
    this.inFlight = inFlight;
    this.#brownout = brownout;
    brownout.add({ name: 'turns', read: () => (turns.isOverloaded ? 1 : 0) });
    brownout.add({ name: 'in flight', read: () => 2 * inFlight.share });
  }

  /** Before anything is known of a request but its class. */
  admits({ name, rank }: Worth, nowMs: number): boolean {
    const budgets = rank === 1 && !this.#brownout.hasOthers ? 1 : TURN_BUDGETS[rank];
    if (this.#brownout.admits(rank) && this.turns.admits(nowMs, budgets)) return true;
    return this.#refuse(name);
  }

  /**
   * Before a request waits for anything: what is not at hand is work.
   * @param wasAsked whether it came through `admits`, so that its own rank was asked about
   */
  admitsWork({ name, rank, workRank }: Worth, wasAsked: boolean): boolean {
    if (wasAsked && workRank === rank) return true;
    return this.#brownout.admits(workRank) || this.#refuse(name);
  }

  /** Requests refused since the start, by class. */
  get refused(): readonly Sample[] {
    return [...this.#refused].map(([name, count]): Sample => [[name], [count]]);
  }

  #refuse(name: string): false {
    this.#refused.set(name, (this.#refused.get(name) ?? 0) + 1);
    return false;
  }
}
