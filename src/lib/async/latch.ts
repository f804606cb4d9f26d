/** A value that somebody waits for and somebody else has. */

export class Latch<T> {
  readonly opened: Promise<T>;
  #resolve: (value: T) => void = () => undefined;

  constructor() {
    this.opened = new Promise<T>((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** The first value counts. */
  open(value: T): void {
    this.#resolve(value);
  }
}
