/** Who is beside which stream: counted exactly in each process, each person once, and added up over the processes. */

/** A process that has said nothing for so long is gone, in milliseconds. */
const SILENT_MS = 20_000;
/** More processes than any instance has; what comes beyond is not counted. */
const PROCESSES_MAX = 256;

interface Report {
  readonly atMs: number;
  readonly viewers: ReadonlyMap<string, number>;
}

export class Presence {
  /** By stream, how many sockets each person has; as many entries as sockets are open. */
  readonly #here = new Map<string, Map<string, number>>();
  readonly #elsewhere = new Map<string, Report>();

  enter(streamId: string, person: string): void {
    const people = this.#here.get(streamId) ?? new Map<string, number>();
    this.#here.set(streamId, people);
    people.set(person, (people.get(person) ?? 0) + 1);
  }

  leave(streamId: string, person: string): void {
    const people = this.#here.get(streamId);
    const sockets = people?.get(person) ?? 0;
    if (sockets > 1) people?.set(person, sockets - 1);
    else people?.delete(person);
    if (people?.size === 0) this.#here.delete(streamId);
  }

  /** People of this process by stream. */
  here(): readonly (readonly [streamId: string, viewers: number])[] {
    return [...this.#here].map(([streamId, people]) => [streamId, people.size]);
  }

  heard(process: string, viewers: ReadonlyMap<string, number>, nowMs = performance.now()): void {
    const isKnown = this.#elsewhere.has(process);
    if (!isKnown && this.#elsewhere.size >= PROCESSES_MAX) return;
    this.#elsewhere.set(process, { atMs: nowMs, viewers });
  }

  /** Of all processes. Somebody who is connected to two counts twice. */
  viewers(streamId: string, nowMs = performance.now()): number {
    let sum = this.#here.get(streamId)?.size ?? 0;
    for (const [process, { atMs, viewers }] of this.#elsewhere) {
      if (nowMs - atMs > SILENT_MS) this.#elsewhere.delete(process);
      else sum += viewers.get(streamId) ?? 0;
    }
    return sum;
  }
}
