/** `/api/v1/admin/metrics/request-metrics/…`, and `/api/v1/admin/requests/{id}`: what one request did. */
import { adminRoute } from '../../http/admin-route.ts';
import { isValidRequestId } from '../../http/request-id.ts';
import type { Method, Request, Route } from '../../http/route.ts';
import { tierNames } from '../../http/timing.ts';
import { AppError } from '../../lib/errors.ts';
import { PAGE_FIELDS, pageChoice, pageOf } from '../../lib/pages.ts';
import { QueryFields } from '../../lib/query-fields.ts';
import { shownEndpoint, shownEntry, shownPercentiles, shownPoints, shownSteps } from './present.ts';
import type { RequestMetricsService } from './service.ts';
import { minuteOf, RECENT_MAX, RECENT_TTL_S, STATISTICS_TTL_S } from './statistics.ts';

const PATH = '/api/v1/admin/metrics/request-metrics';
const SORT_KEYS = [
  'total_requests',
  'avg_time',
  'min_time',
  'max_time',
  'error_count',
  'unique_visitors',
  'last_seen',
] as const;
const METHODS = ['', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'any'] as const;
const ROUTE_CHARS_MAX = 64;
const WINDOW = { min: 60, max: STATISTICS_TTL_S, fallback: 3600 };
const STATUS = { min: 0, max: 599, fallback: 0 };

type Answer = (request: Request, service: RequestMetricsService) => Promise<object>;

export function requestMetricsRoutes(service: RequestMetricsService): readonly Route[] {
  const row = (name: string, pattern: string, answer: Answer, method: Method = 'GET'): Route =>
    adminRoute({ method, name, pattern, answer: (request) => answer(request, service) });
  return [
    row('admin-request-metrics-clear', PATH, clear, 'DELETE'),
    row('admin-request-metrics-status', `${PATH}/status`, status),
    row('admin-request-metrics-endpoints', `${PATH}/endpoint-stats`, endpoints),
    row('admin-request-metrics-endpoint', `${PATH}/endpoint-stats/:method/:route`, endpoint),
    row('admin-request-metrics-recent', `${PATH}/recent`, recent),
    row('admin-request-metrics-timeseries', `${PATH}/timeseries`, timeseries),
    row('admin-request', '/api/v1/admin/requests/:id', one),
  ];
}

async function clear({ signal }: Request, service: RequestMetricsService): Promise<object> {
  return { cleared: await service.clear(signal) };
}

async function status({ signal }: Request, service: RequestMetricsService): Promise<object> {
  const { value, isShared } = await service.read(signal, async (statistics) => ({
    endpoints: await statistics.endpoints(signal),
    recent: await statistics.recent(signal),
    visitors: await statistics.visitors(signal),
  }));
  return {
    enabled: true,
    ttl_seconds: STATISTICS_TTL_S,
    recent_ttl_seconds: RECENT_TTL_S,
    max_recent: RECENT_MAX,
    total_endpoints: value.endpoints.length,
    total_requests: value.endpoints.reduce((sum, { count }) => sum + count, 0),
    total_recent: value.recent.length,
    unique_visitors: value.visitors,
    all_processes: isShared,
  };
}

async function endpoints(request: Request, service: RequestMetricsService): Promise<object> {
  const { signal } = request;
  const fields = new QueryFields(request.query, [...PAGE_FIELDS, 'sort_by', 'sort_order']);
  const choice = pageChoice(fields);
  const key = fields.oneOf('sort_by', SORT_KEYS, 'total_requests');
  const sign = fields.oneOf('sort_order', ['asc', 'desc'], 'desc') === 'asc' ? 1 : -1;
  const { value, isShared } = await service.read(signal, async (statistics) => {
    const all = (await statistics.endpoints(signal)).map(shownEndpoint);
    const sorted = all.toSorted((one, other) => sign * compared(one[key], other[key]));
    const page = pageOf(sorted, choice);
    const items = page.items.map(async (item) => ({
      ...item,
      ...shownPercentiles(await statistics.samplesMs(item.method, item.route, signal)),
    }));
    return { ...page, items: await Promise.all(items) };
  });
  return { ...value, all_processes: isShared };
}

async function endpoint(request: Request, service: RequestMetricsService): Promise<object> {
  const { signal } = request;
  const [method = '', route = ''] = request.parameters;
  const { value } = await service.read(signal, async (statistics) => {
    const all = await statistics.endpoints(signal);
    const totals = all.find((known) => known.method === method && known.route === route);
    if (totals === undefined) return null;
    const samplesMs = await statistics.samplesMs(method, route, signal);
    return { ...shownEndpoint(totals), ...shownPercentiles(samplesMs) };
  });
  if (value === null)
    throw new AppError('request.not-found', 'nothing was answered by this method and route yet');
  return value;
}

async function recent(request: Request, service: RequestMetricsService): Promise<object> {
  const { signal } = request;
  const names = [...PAGE_FIELDS, 'method', 'route', 'status_code'];
  const fields = new QueryFields(request.query, names);
  const choice = pageChoice(fields);
  const method = fields.oneOf('method', METHODS, '');
  const route = fields.text('route', ROUTE_CHARS_MAX);
  const statusCode = fields.integer('status_code', STATUS);
  const { value, isShared } = await service.read(signal, (statistics) => statistics.recent(signal));
  const wanted = value.filter(
    (entry) =>
      (method === '' || entry.method === method) &&
      (route === '' || entry.route === route) &&
      (statusCode === 0 || entry.status === statusCode),
  );
  const shown = wanted.map((entry) => shownEntry(entry, tierNames));
  return { ...pageOf(shown, choice), all_processes: isShared };
}

async function timeseries(request: Request, service: RequestMetricsService): Promise<object> {
  const { signal } = request;
  const windowS = new QueryFields(request.query, ['window']).integer('window', WINDOW);
  const nowMs = Date.now();
  const [from, to] = [minuteOf(nowMs - windowS * 1000) + 1, minuteOf(nowMs)];
  const { value, isShared } = await service.read(signal, (statistics) =>
    statistics.minutes(from, to, signal),
  );
  return {
    bucket_seconds: 60,
    window_seconds: windowS,
    points: shownPoints(value, from, to),
    all_processes: isShared,
  };
}

async function one(request: Request, service: RequestMetricsService): Promise<object> {
  const [id = ''] = request.parameters;
  const found = isValidRequestId(id) ? await service.find(id, request.signal) : undefined;
  if (found === undefined)
    throw new AppError('request.not-found', 'no request that is kept has this X-Request-Id');
  return { ...shownEntry(found, tierNames), ...shownSteps(found) };
}

function compared(one: number | string, other: number | string): number {
  return one < other ? -1 : Number(one > other);
}
