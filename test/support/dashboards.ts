/** The dashboards of `deploy/grafana`: what each panel asks, and the files that Grafana reads made of it. */
import { SERVICES } from '../../src/lib/user-config/services.ts';

type Unit = 'short' | 'reqps' | 's' | 'percentunit' | 'bytes' | 'none';

export interface PanelQuery {
  readonly expr: string;
  /** Name of a line, with labels: `{{route}}`. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly kind: 'stat' | 'timeseries';
  readonly unit: Unit;
  readonly description?: string;
  readonly queries: readonly PanelQuery[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const DEBRID = SERVICES.map(({ service }) => service).join('|');
const STREAM = 'route=~"stream|configured-stream"';

const stat = (title: string, unit: Unit, expr: string, legend = ''): Panel => ({
  title,
  kind: 'stat',
  unit,
  queries: [{ expr, legend }],
});
const lines = (
  title: string,
  unit: Unit,
  ...queries: readonly (readonly [string, string])[]
): Panel => ({
  title,
  kind: 'timeseries',
  unit,
  queries: queries.map(([expr, legend]) => ({ expr, legend })),
});
const rate = (series: string) => `rate(${series}[$__rate_interval])`;
const quantile = (share: number, by: string, series: string) =>
  `histogram_quantile(${share}, sum by (${by === '' ? '' : `${by}, `}le) (${rate(series)}))`;
const share = (part: string, whole: string) =>
  `sum(${rate(part)}) / clamp_min(sum(${rate(whole)}), 1e-9)`;
const hits = (by: string, selector: string) =>
  `sum by (${by}) (${rate(`cache_hits_total{${selector}}`)}) / clamp_min(sum by (${by}) (${rate(`cache_hits_total{${selector}}`)})` +
  ` + sum by (${by}) (${rate(`cache_misses_total{${selector}}`)}), 1e-9)`;

const OVERVIEW: Dashboard = {
  uid: 'sluice-overview',
  title: 'Sluice: overview',
  panels: [
    stat('Requests', 'reqps', `sum(${rate('http_requests_total')})`),
    stat(
      'Failed',
      'percentunit',
      share('http_requests_total{status_code=~"5.."}', 'http_requests_total'),
    ),
    stat('p95', 's', quantile(0.95, '', 'http_request_duration_seconds_bucket')),
    stat('Processes', 'none', 'sum by (state) (metrics_processes)', '{{state}}'),
    lines('Requests by route', 'reqps', [
      `topk(10, sum by (route) (${rate('http_requests_total')}))`,
      '{{route}}',
    ]),
    lines('Requests by status', 'reqps', [
      `sum by (status_code) (${rate('http_requests_total')})`,
      '{{status_code}}',
    ]),
    lines('p95 by route', 's', [
      `topk(10, ${quantile(0.95, 'route', 'http_request_duration_seconds_bucket')})`,
      '{{route}}',
    ]),
    lines('Waiting requests', 'short', ['sum(http_requests_in_flight)', 'in flight']),
    lines(
      'Brownout',
      'short',
      ['max(brownout_level)', 'level'],
      ['max by (signal) (brownout_pressure)', 'pressure: {{signal}}'],
    ),
    lines('Refused', 'reqps', [`sum by (class) (${rate('admission_refused_total')})`, '{{class}}']),
    lines(
      'Event loop',
      's',
      [quantile(0.95, '', 'event_loop_delay_seconds_bucket'), 'delay p95'],
      [quantile(0.99, '', 'event_loop_delay_seconds_bucket'), 'delay p99'],
    ),
    lines('Use of the main threads', 'percentunit', [
      share('event_loop_seconds_total{state="active"}', 'event_loop_seconds_total'),
      'event loops',
    ]),
    lines(
      'Memory',
      'bytes',
      ['sum(process_resident_memory_bytes)', 'resident'],
      ['sum(process_heap_bytes)', 'heaps of main threads'],
      ['sum(process_external_bytes)', 'outside of the heaps'],
      ['sum(worker_heap_bytes)', 'heaps of pool threads'],
    ),
    lines('CPU', 'short', [`sum by (mode) (${rate('process_cpu_seconds_total')})`, '{{mode}}']),
  ],
};

const STREAMS: Dashboard = {
  uid: 'sluice-streams',
  title: 'Sluice: stream path',
  panels: [
    stat('Lists', 'reqps', `sum(${rate(`http_requests_total{${STREAM}}`)})`),
    stat('p50', 's', quantile(0.5, '', `http_request_duration_seconds_bucket{${STREAM}}`)),
    stat('p95', 's', quantile(0.95, '', `http_request_duration_seconds_bucket{${STREAM}}`)),
    stat('p99', 's', quantile(0.99, '', `http_request_duration_seconds_bucket{${STREAM}}`)),
    lines('Lists by status', 'reqps', [
      `sum by (route, status_code) (${rate(`http_requests_total{${STREAM}}`)})`,
      '{{route}} {{status_code}}',
    ]),
    lines('Times', 's', [
      quantile(0.95, 'route', `http_request_duration_seconds_bucket{${STREAM}}`),
      'p95 {{route}}',
    ]),
    lines('Found in the cache of sets', 'percentunit', [
      hits('tier', 'cache="stream-set"'),
      '{{tier}}',
    ]),
    lines(
      'Sets from the database',
      'reqps',
      [`sum(${rate('cache_loads_total{cache="stream-set"}')})`, 'loaded'],
      [`sum(${rate('cache_load_failures_total{cache="stream-set"}')})`, 'failed'],
      [`sum(${rate('cache_stale_hits_total{cache="stream-set"}')})`, 'old one served'],
    ),
    lines('Statements of streams, p95', 's', [
      quantile(0.95, 'query', 'db_query_duration_seconds_bucket{query=~"streams.*"}'),
      '{{query}}',
    ]),
    lines('Memory of caches', 'bytes', [
      'topk(10, sum by (cache) (cache_bytes{tier="l1"}))',
      '{{cache}}',
    ]),
    lines('Bodies, p95', 'bytes', [
      quantile(0.95, 'route', `http_response_bytes_bucket{${STREAM}}`),
      '{{route}}',
    ]),
    lines('Pushed out of memory', 'short', [
      `topk(10, sum by (cache) (${rate('cache_evictions_total{tier="l1"}')}))`,
      '{{cache}}',
    ]),
  ],
};

const DATABASE: Dashboard = {
  uid: 'sluice-database',
  title: 'Sluice: database',
  panels: [
    stat('In use', 'percentunit', 'sum(db_pool_checked_out) / sum(db_pool_size)'),
    stat('Waiting', 'short', 'sum(db_pool_overflow)'),
    stat('Wait p95', 's', quantile(0.95, '', 'db_pool_wait_seconds_bucket')),
    stat('Failures', 'reqps', `sum(${rate('db_pool_errors_total')})`),
    lines(
      'Connections',
      'short',
      ['sum by (engine) (db_pool_size)', '{{engine}}: may be open'],
      ['sum by (engine) (db_pool_connections)', '{{engine}}: open'],
      ['sum by (engine) (db_pool_checked_out)', '{{engine}}: in use'],
      ['sum by (engine) (db_pool_overflow)', '{{engine}}: waited for'],
    ),
    lines('Wait for a connection', 's', [
      quantile(0.95, 'engine', 'db_pool_wait_seconds_bucket'),
      'p95 {{engine}}',
    ]),
    lines('Statements', 'reqps', [
      `topk(10, sum by (query) (${rate('db_query_duration_seconds_count')}))`,
      '{{query}}',
    ]),
    lines('Statements, p95', 's', [
      `topk(10, ${quantile(0.95, 'query', 'db_query_duration_seconds_bucket')})`,
      '{{query}}',
    ]),
    lines('Time spent', 'short', [
      `topk(10, sum by (query) (${rate('db_query_duration_seconds_sum')}))`,
      '{{query}}',
    ]),
    lines('Failures by kind', 'reqps', [
      `sum by (engine, error_type) (${rate('db_pool_errors_total')})`,
      '{{engine}} {{error_type}}',
    ]),
  ],
};

const REDIS: Dashboard = {
  uid: 'sluice-redis',
  title: 'Sluice: Redis',
  panels: [
    stat('Processes that use it', 'none', 'sum(redis_usable)'),
    stat('Commands', 'reqps', `sum(${rate('redis_command_duration_seconds_count')})`),
    stat('p95', 's', quantile(0.95, '', 'redis_command_duration_seconds_bucket')),
    stat('Failures', 'reqps', `sum(${rate('redis_command_failures_total')})`),
    lines('Commands by name', 'reqps', [
      `sum by (command) (${rate('redis_command_duration_seconds_count')})`,
      '{{command}}',
    ]),
    lines('Times, p95', 's', [
      quantile(0.95, 'command', 'redis_command_duration_seconds_bucket'),
      '{{command}}',
    ]),
    lines('Found in Redis', 'percentunit', [hits('cache', 'tier="l2"'), '{{cache}}']),
    lines('Tier failures', 'reqps', [
      `sum by (cache) (${rate('cache_tier_failures_total')})`,
      '{{cache}}',
    ]),
    lines('Left alone', 'short', [
      'sum(increase(redis_breaker_opened_total[$__rate_interval]))',
      'breaker opened',
    ]),
  ],
};

/** @param selector of the label `upstream` */
const upstreamPanels = (selector: string): readonly Panel[] => [
  stat('Calls', 'reqps', `sum(${rate(`upstream_request_duration_seconds_count{${selector}}`)})`),
  stat(
    'Failed',
    'percentunit',
    share(
      `upstream_request_duration_seconds_count{${selector},outcome!="ok"}`,
      `upstream_request_duration_seconds_count{${selector}}`,
    ),
  ),
  stat('p95', 's', quantile(0.95, '', `upstream_request_duration_seconds_bucket{${selector}}`)),
  stat('Left alone', 'none', `sum(upstream_breakers{${selector},state=~"open|half-open"})`),
  lines('Calls by server', 'reqps', [
    `sum by (upstream) (${rate(`upstream_request_duration_seconds_count{${selector}}`)})`,
    '{{upstream}}',
  ]),
  lines('Failures', 'reqps', [
    `sum by (upstream, outcome) (${rate(`upstream_request_duration_seconds_count{${selector},outcome!="ok"}`)})`,
    '{{upstream}}: {{outcome}}',
  ]),
  lines('Times, p95', 's', [
    quantile(0.95, 'upstream', `upstream_request_duration_seconds_bucket{${selector}}`),
    '{{upstream}}',
  ]),
  lines('Breakers', 'short', [
    `sum by (upstream, state) (upstream_breakers{${selector}})`,
    '{{upstream}} {{state}}',
  ]),
];

const SOURCES: Dashboard = {
  uid: 'sluice-sources',
  title: 'Sluice: sources and metadata',
  panels: upstreamPanels(`upstream!~"${DEBRID}"`),
};

const DEBRID_SERVICES: Dashboard = {
  uid: 'sluice-debrid',
  title: 'Sluice: debrid services',
  panels: upstreamPanels(`upstream=~"${DEBRID}"`),
};

const JOBS: Dashboard = {
  uid: 'sluice-jobs',
  title: 'Sluice: jobs and threads',
  panels: [
    stat('Queued jobs', 'short', 'sum(job_queue_depth)'),
    stat('Tasks waiting for a thread', 'short', 'sum(worker_queue_depth)'),
    stat('Threads', 'none', 'sum by (pool) (worker_threads)', '{{pool}}'),
    lines('Queued jobs by queue', 'short', ['max by (queue) (job_queue_depth)', '{{queue}}']),
    lines('Attempts of jobs', 'reqps', [
      `sum by (job, result) (${rate('job_duration_seconds_count')})`,
      '{{job}} {{result}}',
    ]),
    lines('Jobs, p95', 's', [quantile(0.95, 'job', 'job_duration_seconds_bucket'), '{{job}}']),
    lines('Tasks on threads', 'reqps', [
      `sum by (task) (${rate('worker_task_duration_seconds_count')})`,
      '{{task}}',
    ]),
    lines('Tasks, p95', 's', [
      quantile(0.95, 'task', 'worker_task_duration_seconds_bucket'),
      '{{task}}',
    ]),
    lines('Waiting tasks', 'short', [
      'sum by (pool, lane) (worker_queue_depth)',
      '{{pool}} {{lane}}',
    ]),
    lines('Failed tasks', 'reqps', [
      `sum by (pool, error_type) (${rate('worker_task_failures_total')})`,
      '{{pool}} {{error_type}}',
    ]),
    lines('Use of the threads', 'percentunit', [
      `sum by (pool) (${rate('worker_loop_seconds_total{state="active"}')}) / clamp_min(sum by (pool) (${rate('worker_loop_seconds_total')}), 1e-9)`,
      '{{pool}}',
    ]),
  ],
};

export const DASHBOARDS: readonly Dashboard[] = [
  OVERVIEW,
  STREAMS,
  DATABASE,
  REDIS,
  SOURCES,
  DEBRID_SERVICES,
  JOBS,
];

const GRID_COLUMNS = 24;
const SIZES = { stat: { w: 6, h: 4 }, timeseries: { w: 12, h: 8 } } as const;
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** As Grafana 10 and later import it. */
export function grafanaFile({ uid, title, panels }: Dashboard): string {
  let x = 0;
  let y = 0;
  const placed = panels.map((panel, index) => {
    const size = SIZES[panel.kind];
    const before = panels[index - 1];
    const isNewRow =
      x + size.w > GRID_COLUMNS || (before !== undefined && before.kind !== panel.kind);
    if (isNewRow) {
      y += SIZES[before?.kind ?? panel.kind].h;
      x = 0;
    }
    const gridPos = { ...size, x, y };
    x += size.w;
    return panelOf(panel, index + 1, gridPos);
  });
  const dashboard = {
    uid,
    title,
    tags: ['sluice'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' }],
    },
    links: [{ title: 'Sluice', type: 'dashboards', tags: ['sluice'], asDropdown: true }],
    panels: placed,
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function panelOf(panel: Panel, id: number, gridPos: object) {
  return {
    id,
    type: panel.kind,
    title: panel.title,
    gridPos,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
    options:
      panel.kind === 'stat'
        ? { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'none', graphMode: 'area' }
        : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCodePoint(65 + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend === '' ? '__auto' : legend,
    })),
  };
}
