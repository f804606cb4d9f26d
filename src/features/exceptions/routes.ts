/** `/api/v1/admin/exceptions`: what failed, listed and cleared. */
import { adminRoute } from '../../http/admin-route.ts';
import type { Request, Route } from '../../http/route.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { EXCEPTIONS_MAX, type ExceptionRecord } from '../../lib/exceptions/exception-record.ts';
import { PAGE_FIELDS, pageChoice, pageOf } from '../../lib/pages.ts';
import { QueryFields } from '../../lib/query-fields.ts';
import type { ExceptionsService } from './service.ts';
import { EXCEPTIONS_TTL_S } from './shared-exceptions.ts';

const PATH = '/api/v1/admin/exceptions';

export function exceptionRoutes(service: ExceptionsService): readonly Route[] {
  const one = `${PATH}/:fingerprint`;
  return [
    adminRoute({
      name: 'admin-exceptions',
      pattern: PATH,
      answer: (request) => list(request, service),
    }),
    adminRoute({
      method: 'DELETE',
      name: 'admin-exceptions-clear',
      pattern: PATH,
      answer: ({ signal }) => clear(signal, null, service),
    }),
    adminRoute({
      name: 'admin-exceptions-status',
      pattern: `${PATH}/status`,
      answer: ({ signal }) => status(signal, service),
    }),
    adminRoute({
      name: 'admin-exception',
      pattern: one,
      answer: (request) => find(request, service),
    }),
    adminRoute({
      method: 'DELETE',
      name: 'admin-exception-clear',
      pattern: one,
      answer: (request) => clear(request.signal, fingerprintOf(request), service),
    }),
  ];
}

async function list(request: Request, service: ExceptionsService): Promise<object> {
  const choice = pageChoice(new QueryFields(request.query, PAGE_FIELDS));
  const { records, isShared } = await service.list(request.signal);
  return { ...pageOf(records.map(shown), choice), all_processes: isShared };
}

async function status(signal: CancelSignal, service: ExceptionsService): Promise<object> {
  const { records, isShared } = await service.list(signal);
  return {
    enabled: true,
    total: records.length,
    total_count: records.reduce((sum, { count }) => sum + count, 0),
    max: EXCEPTIONS_MAX,
    ttl_seconds: EXCEPTIONS_TTL_S,
    all_processes: isShared,
  };
}

async function find(request: Request, service: ExceptionsService): Promise<object> {
  const record = await service.find(fingerprintOf(request), request.signal);
  if (record === undefined) throw notFound();
  return { ...shown(record), traceback: record.traceback };
}

async function clear(
  signal: CancelSignal,
  fingerprint: string | null,
  service: ExceptionsService,
): Promise<object> {
  const cleared = await service.clear(fingerprint, signal);
  if (fingerprint !== null && cleared === 0) throw notFound();
  return { cleared };
}

/** @throws AppError `exception.not-found` for what is none */
function fingerprintOf({ parameters: [fingerprint = ''] }: Request): string {
  if (!/^[0-9a-f]{16}$/.test(fingerprint)) throw notFound();
  return fingerprint;
}

function notFound(): AppError {
  return new AppError('exception.not-found', 'no failure that is kept has this fingerprint');
}

function shown(record: ExceptionRecord) {
  const { fingerprint, level, type, message, detail, source, count, requestId } = record;
  return {
    fingerprint,
    level,
    type,
    message,
    detail,
    source,
    count,
    first_seen: new Date(record.firstSeenAtMs).toISOString(),
    last_seen: new Date(record.lastSeenAtMs).toISOString(),
    last_request_id: requestId === '' ? null : requestId,
  };
}
