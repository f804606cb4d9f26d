/**
 * Import boundaries (docs/architecture.md, "Import rules"). `test/architecture/boundaries.test.ts`
 * runs these over all imports (types included) and the cycle rule over the compiled program.
 */
const driver = (name, packages, homes) => ({
  name: `one-home-per-driver: ${name}`,
  severity: 'error',
  from: { path: '^(src|workers)/', pathNot: homes },
  to: { path: packages },
});

module.exports = {
  forbidden: [
    {
      name: 'lib-is-a-leaf',
      severity: 'error',
      from: { path: '^src/lib/' },
      to: { path: '^(src/(?!lib/)|workers/|test/|perf/|native-bench/)' },
    },
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/(features|http|app)/' },
    },
    {
      name: 'http-knows-no-feature',
      severity: 'error',
      from: { path: '^src/http/' },
      to: { path: '^src/(features|app)/|^src/platform/(?!log/|metrics/)' },
    },
    {
      name: 'features-see-only-contracts-of-others',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: {
        path: '^src/features/([^/]+)/',
        pathNot: ['^src/features/$1/', '^src/features/[^/]+/contract\\.'],
      },
    },
    {
      name: 'only-app-opens-the-door',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: '^src/app/' },
      to: { path: '^src/features/[^/]+/feature\\.' },
    },
    {
      name: 'app-enters-by-the-door',
      severity: 'error',
      from: { path: '^src/(app/|main\\.)' },
      to: { path: '^src/features/[^/]+/(?!feature\\.|contract\\.)' },
    },
    {
      name: 'features-see-platform-http-and-lib',
      severity: 'error',
      from: { path: '^src/features/' },
      to: {
        path: '^(src/(?!features/|platform/|http/|lib/)|test/|perf/|native-bench/)|^workers/(?!contract\\.)',
      },
    },
    {
      name: 'contract-is-a-leaf',
      severity: 'error',
      from: { path: '^src/features/[^/]+/contract\\.' },
      to: { path: '^src/(?!lib/)|^workers/' },
    },
    {
      name: 'only-app-composes',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: '^src/(app/|main\\.)' },
      to: { path: '^src/app/' },
    },
    {
      name: 'only-routes-speak-http',
      severity: 'error',
      from: { path: '^src/features/', pathNot: '(routes|/feature)\\.' },
      to: { path: '^src/http/' },
    },
    {
      name: 'sql-only-in-stores',
      severity: 'error',
      from: { path: '^src/features/', pathNot: '/store\\.' },
      to: { path: '^src/platform/db/' },
    },
    {
      name: 'workers-use-lib-only',
      severity: 'error',
      from: { path: '^workers/' },
      to: { path: '^src/(?!lib/)' },
    },
    {
      name: 'main-thread-sees-only-the-contract',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^workers/(?!contract\\.)' },
    },
    {
      name: 'program-does-not-import-tests',
      severity: 'error',
      from: { path: '^(src|workers)/' },
      to: { path: '^(test|perf|native-bench)/' },
    },
    driver('uWebSockets.js', '(^|/)node_modules/uWebSockets\\.js/', '^src/http/'),
    driver('postgres', '(^|/)node_modules/postgres/', '^src/platform/db/'),
    driver('ioredis', '(^|/)node_modules/ioredis/', '^src/platform/redis/'),
    driver('graphile-worker', '(^|/)node_modules/graphile-worker/', '^src/platform/jobs/'),
    // For what postgres.js cannot: the connections of the job engine, and COPY into tables.
    driver('pg', '(^|/)node_modules/(pg|@types/pg)/', '^src/platform/(jobs|db)/'),
    driver('piscina', '(^|/)node_modules/piscina/', '^(src/platform/pool|workers)/'),
    driver('sharp', '(^|/)node_modules/(sharp|@napi-rs/canvas)/', '^workers/'),
    driver('undici', '(^|/)node_modules/(undici|socks)/', '^src/platform/fetch/'),
    driver('prom-client', '(^|/)node_modules/prom-client/', '^src/platform/metrics/'),
    driver('aws4', '(^|/)node_modules/(aws4|@types/aws4)/', '^src/platform/s3/'),
    driver('pino', '(^|/)node_modules/pino/', '^src/platform/log/'),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    moduleSystems: ['es6'],
  },
};
