/** PostgreSQL's words about a failure, for one line of ours. */

const LINES_MAX = 3;
/**
 * `FATAL:  …` of the server and `initdb: error: …` of its programs. What led to it is logged as LOG
 * (`unrecognized configuration parameter`, `could not bind`), among much that is not of interest.
 */
const TELLING =
  /\b(?:FATAL|PANIC|ERROR|HINT|error|hint): |\bLOG: .*\b(?:could not|invalid|unrecognized|syntax error)\b/;
const LOG_PREFIX = /^\d{4}-\d\d-\d\d .*? \[\d+\] /;

/** The last lines that say what went wrong, or all when none looks like one; empty for an empty text. */
export function failureText(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.replace(LOG_PREFIX, '').trim())
    .filter((line) => line !== '');
  const telling = lines.filter((line) => TELLING.test(line));
  return (telling.length > 0 ? telling : lines).slice(-LINES_MAX).join(' | ');
}
