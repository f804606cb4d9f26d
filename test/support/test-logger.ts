/** A logger that keeps its lines for assertions instead of printing them. */
import type { Logger } from '../../src/platform/log/logger.ts';

export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** @param lines receives every line of this logger and of its children. */
export function createTestLogger(
  lines: LoggedLine[] = [],
  bound: Readonly<Record<string, unknown>> = {},
): Logger {
  const at =
    (level: LoggedLine['level']) =>
    (fields: Readonly<Record<string, unknown>>, message: string) => {
      lines.push({ level, fields: { ...bound, ...fields }, message });
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => createTestLogger(lines, { ...bound, ...fields }),
  };
}
