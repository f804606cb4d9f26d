/** Counts the requests that wait for something; synchronous answers never count. */

export class InFlight {
  readonly #max: number;
  #waiting = 0;

  /** @param max requests per process that may wait at a time */
  constructor(max: number) {
    this.#max = max;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get isFull(): boolean {
    return this.#waiting >= this.#max;
  }

  /** Of those that may. */
  get share(): number {
    return this.#waiting / this.#max;
  }

  enter(): void {
    this.#waiting += 1;
  }

  leave(): void {
    this.#waiting -= 1;
  }
}
