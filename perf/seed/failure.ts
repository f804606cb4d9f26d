/** What a person reads when seeding fails: one line that says what to do. */
import { StartError } from '../../src/lib/start-error.ts';
import { freeBytes, type SeedTarget } from './target.ts';

const UNCHANGED = 'the database is as it was before';
const COMMITTED = 'the rows are there; autovacuum does the rest';
/** What is left when a file could not be made longer. */
const FULL_DISK_BYTES = 64_000_000;

/** @param isCommitted whether the rows were there already */
export function stoppedText(isCommitted: boolean): string {
  return `stopped: ${isCommitted ? COMMITTED : UNCHANGED}`;
}

/** Null for what is no failure of the database: it is a bug, and its stack belongs on the screen. */
export async function failureText(
  error: unknown,
  target: SeedTarget | null,
  isCommitted: boolean,
): Promise<string | null> {
  if (error instanceof StartError) return error.message;
  if (!(error instanceof Error)) return null;
  const outcome = isCommitted ? COMMITTED : UNCHANGED;
  const name = target?.name ?? 'the database';
  const words =
    error.message === '' && 'code' in error
      ? String(error.code)
      : (error.message.split('\n')[0] ?? '');
  const code = 'code' in error ? String(error.code) : '';
  if (code === '53100' || code === 'ENOSPC' || (await isDiskFull(target))) {
    return `the disk of ${name} is full (${words}): ${outcome}; free some space, or give fewer --streams`;
  }
  if (code === '55P03')
    return `${name} is in use: somebody kept a table locked for 5 s; stop the servers that use it; ${outcome}`;
  if (code === '42501')
    return `${name} refused (${words}): expected the role that owns its tables; ${outcome}`;
  if (isLogin(code))
    return `${name} does not answer (${words}): expected a running PostgreSQL that accepts these credentials`;
  if (isLost(error, code))
    return `${name} ended the connection (${words}): ${outcome}; see its log`;
  return code.length === 5 ? `${name} refused (${words}): ${outcome}` : null;
}

function isLogin(code: string): boolean {
  return (
    code.startsWith('28') ||
    code === '3D000' ||
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(code)
  );
}

/** pg names no code when a connection ends between two messages, or is not made in time. */
function isLost(error: Error, code: string): boolean {
  return (
    /^(08|57P)|^(ECONNRESET|EPIPE)$/.test(code) ||
    /^Connection terminated|^timeout expired/.test(error.message)
  );
}

/** A server that could not write its log goes down, and says nothing about the disk to its clients. */
async function isDiskFull(target: SeedTarget | null): Promise<boolean> {
  return (
    target !== null && target.folder !== null && (await freeBytes(target.folder)) < FULL_DISK_BYTES
  );
}
