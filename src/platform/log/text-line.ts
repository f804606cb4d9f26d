/** Turns one JSON log line into a line for people: time, level, message, fields. */

const LEVELS: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** `04:05:06.789 warn  redis is down retryInMs=200`; anything that is not JSON is returned as it is. */
export function formatTextLine(line: string): string {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { time, level, msg, ...fields } = record;
  const clock = String(time).slice(11, 23);
  const label = (LEVELS[Number(level)] ?? 'log').padEnd(5);
  const rest = Object.entries(fields)
    .map(([name, value]) => ` ${name}=${showField(value)}`)
    .join('');
  return `${clock} ${label} ${String(msg)}${rest}\n`;
}

function showField(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value) {
    const { name, message } = value as { name?: unknown; message: unknown };
    return JSON.stringify(`${String(name ?? 'Error')}: ${String(message)}`);
  }
  return typeof value === 'string' && /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value);
}
