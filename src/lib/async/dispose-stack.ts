/** Resources in the order they were opened, disposed in reverse. Node 20 has no AsyncDisposableStack. */

export class DisposeStack implements AsyncDisposable {
  readonly #entries: (() => PromiseLike<void> | void)[] = [];

  /** Adds a resource and returns it. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.#entries.push(() => resource[Symbol.asyncDispose]());
    return resource;
  }

  defer(dispose: () => PromiseLike<void> | void): void {
    this.#entries.push(dispose);
  }

  /** Disposes everything, last opened first; one failure does not keep the rest open. */
  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = [];
    for (let dispose = this.#entries.pop(); dispose !== undefined; dispose = this.#entries.pop()) {
      try {
        await dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'some resources did not close cleanly');
  }
}
