/** `Logger` over pino: JSON lines for machines, plain lines for people. Every field passes `redact.ts`. */
import { pino, type Logger as PinoLogger } from 'pino';
import type { Logger } from './logger.ts';
import { redactText, redactValue } from './redact.ts';
import { formatTextLine } from './text-line.ts';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly format: 'json' | 'text';
}

/** Where lines go; standard error by default, so that standard output stays for people. */
export interface LogSink {
  write(line: string): void;
}

export function createLogger(options: LogOptions, sink: LogSink = process.stderr): Logger {
  const json = options.format === 'json';
  const destination = json ? sink : { write: (line: string) => sink.write(formatTextLine(line)) };
  const root = pino(
    {
      level: options.level,
      base: json ? { pid: process.pid } : null,
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  );
  return wrap(root);
}

type Level = 'debug' | 'info' | 'warn' | 'error';

function wrap(target: PinoLogger): Logger {
  const emit = (level: Level) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    if (target.isLevelEnabled(level)) target[level](redactValue(fields), redactText(message));
  };
  return {
    debug: emit('debug'),
    info: emit('info'),
    warn: emit('warn'),
    error: emit('error'),
    child: (fields) => wrap(target.child(redactValue(fields) as Record<string, unknown>)),
  };
}
