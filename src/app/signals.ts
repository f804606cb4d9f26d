/** Waiting for the operator: SIGTERM and SIGINT start the drain, a second one ends it at once; SIGHUP ends nothing. */

export interface SignalWatch extends Disposable {
  /** Resolves with the name of the first signal. */
  readonly first: Promise<NodeJS.Signals>;
  /** Called at every SIGHUP from now on; before, it is ignored: what starts reads everything anyway. */
  onHangup(listener: () => void): void;
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
  let hangup: () => void = () => undefined;
  const onHangup = () => hangup();
  process.on('SIGHUP', onHangup);
  process.on('SIGTERM', handler);
  process.on('SIGINT', handler);
  return {
    first,
    onHangup(listener) {
      hangup = listener;
    },
    [Symbol.dispose]() {
      process.off('SIGHUP', onHangup);
      process.off('SIGTERM', handler);
      process.off('SIGINT', handler);
    },
  };
}
