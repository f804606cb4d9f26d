/** Waiting for the operator: SIGTERM and SIGINT start the drain, a second one ends it at once. */

export interface SignalWatch extends Disposable {
  /** Resolves with the name of the first signal. */
  readonly first: Promise<NodeJS.Signals>;
}

/** Installs the handlers; a second signal calls `onSecond`. */
export function watchSignals(onSecond: () => void): SignalWatch {
  let seen = false;
  let resolveFirst: (signal: NodeJS.Signals) => void = () => undefined;
  const first = new Promise<NodeJS.Signals>((resolve) => {
    resolveFirst = resolve;
  });
  const handler = (signal: NodeJS.Signals) => {
    if (seen) onSecond();
    seen = true;
    resolveFirst(signal);
  };
  process.on('SIGTERM', handler);
  process.on('SIGINT', handler);
  return {
    first,
    [Symbol.dispose]() {
      process.off('SIGTERM', handler);
      process.off('SIGINT', handler);
    },
  };
}
