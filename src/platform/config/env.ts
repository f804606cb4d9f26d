/** The only file that touches `process.env`. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** A snapshot of the environment; later changes of `process.env` are not seen. */
export function readEnvironment(): Environment {
  return { ...process.env };
}

/**
 * Sets a variable that a native module reads when it loads (UWS_HTTP_MAX_HEADERS_SIZE,
 * UV_THREADPOOL_SIZE), unless the operator has set it.
 */
export function presetEnvironment(name: string, value: string): void {
  process.env[name] ??= value;
}

/** Takes away a variable that a library reads behind our back. */
export function dropFromEnvironment(name: string): void {
  delete process.env[name];
}

/** The environment for a child process: ours, with `overrides` on top. */
export function childEnvironment(
  overrides: Readonly<Record<string, string>>,
): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...process.env, ...overrides })) {
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}
