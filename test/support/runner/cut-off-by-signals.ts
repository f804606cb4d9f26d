/** SIGINT, SIGTERM and SIGHUP end a test run early, with a summary of what ran until then. */

/** Aborts at the first of these signals; a second one ends the process at once. */
export function cutOffBySignals(): AbortSignal {
  const control = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => control.abort(`the run was ended by ${name}`));
  }
  return control.signal;
}
