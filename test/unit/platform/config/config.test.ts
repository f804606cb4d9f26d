import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartError } from '../../../../src/lib/start-error.ts';
import { loadConfig } from '../../../../src/platform/config/config.ts';
import { maskUrl } from '../../../../src/platform/config/mask.ts';
import { dumpConfig } from '../../../../src/platform/config/dump.ts';

function startErrorOf(environment: Record<string, string>): string {
  try {
    loadConfig(environment);
  } catch (error) {
    assert.ok(error instanceof StartError, String(error));
    return error.message;
  }
  assert.fail('expected a StartError');
}

test('an empty environment gives the documented defaults', () => {
  const { config, origins } = loadConfig({});
  assert.equal(config.PORT, 8000);
  assert.equal(config.HOST, '127.0.0.1');
  assert.equal(config.POSTGRES_URI, null);
  assert.equal(origins['PORT'], 'default');
  assert.ok(Object.isFrozen(config));
});

test('a nonsense value stops the start, naming the variable, the value and what was expected', () => {
  assert.match(
    startErrorOf({ PORT: 'abc' }),
    /^PORT="abc" is not valid: expected an integer from 0 to 65535$/,
  );
  assert.match(startErrorOf({ PORT: '70000' }), /PORT="70000"/);
  assert.match(startErrorOf({ POSTGRES_USE_PGBOUNCER: 'maybe' }), /expected true or false/);
  assert.match(startErrorOf({ LOG_LEVEL: 'loud' }), /expected one of debug, info/);
  assert.match(startErrorOf({ TRUSTED_PROXIES: '10.0.0.0/99' }), /CIDR/);
  assert.match(startErrorOf({ HOST_URL: 'https://a.example/?q' }), /an address like/);
  assert.doesNotMatch(startErrorOf({ PORT: '1\n2' }), /\n/);
});

test('HOST_URL may have a path that is nothing else; the slash at its end goes', () => {
  for (const [raw, value] of [
    ['https://a.example', 'https://a.example'],
    ['https://a.example/', 'https://a.example'],
    ['https://A.example:443/sluice/', 'https://a.example/sluice'],
    ['http://a.example:8080/media/sluice', 'http://a.example:8080/media/sluice'],
  ] as const)
    assert.equal(loadConfig({ HOST_URL: raw }).config.HOST_URL, value);
  for (const raw of [
    'https://a.example/S-abc',
    'https://a.example/x/U-1',
    'https://a.example//x',
    'https://a.example/a%20b',
    'https://a.example/x?y',
    'https://a.example/x#y',
    'https://user@a.example/x',
    'https://:pw@a.example',
    'ftp://a.example/x',
    'a.example/x',
    '/x',
  ])
    assert.match(startErrorOf({ HOST_URL: raw }), /^HOST_URL=.*expected an address like/, raw);
});

test('line ends and other control characters are refused in every text and address', () => {
  for (const character of ['\n', '\r', '\u001b', '\u0085', '\u2028']) {
    for (const [name, value] of [
      ['ADDON_NAME', 'a§b'],
      ['ADDON_DESCRIPTION', 'a§b'],
      ['ADDON_LOGO', 'https://a.example/§b.png'],
      ['HOST_URL', 'https://a.exa§mple'],
      ['CONTACT_EMAIL', 'a§b@c.example'],
    ] as const) {
      assert.throws(
        () => loadConfig({ [name]: value.replace('§', character) }),
        new RegExp(`^StartError: ${name}=`),
        name,
      );
    }
  }
});

test('a password in a refused URL is not shown', () => {
  const message = startErrorOf({ POSTGRES_URI: 'mysql://user:hunter2@db/x' });
  assert.match(message, /POSTGRES_URI/);
  assert.doesNotMatch(message, /hunter2/);
});

test('a password in a URI is not shown, whatever a URL parser takes it for', () => {
  const uris = [
    'postgres://user:hunter2@a:1,b:2/x',
    'postgres://user:hun#ter2@db/x',
    'postgres://user:1#hunter2@db/x',
    'postgres://user:1/hunter2@db/x',
    'postgres://user:1?hunter2=@db/x',
    'postgres://db/x?user=u&password=hunter2',
    'postgres://user:hunter2@[::1]:1/x',
    'postgres://user:hunter2@h/d?sslmode=no',
  ];
  for (const uri of uris) assert.doesNotMatch(maskUrl(uri), /hunter2|hun#ter2/, uri);
  const several = 'postgres://user:hunter2@a:1,[::1]/x?sslmode=require&sslpassword=y';
  assert.equal(maskUrl(several), 'postgres://user:***@a:1,[::1]/x?sslmode=require&sslpassword=***');
  assert.doesNotMatch(
    startErrorOf({ POSTGRES_URI: 'postgres://user:hunter2@h/d?sslmode=tls' }),
    /hunter2/,
  );
});

test('a URI of PostgreSQL that cannot be read says what is wrong with it', () => {
  const refusal = (query: string) => startErrorOf({ POSTGRES_URI: `postgres://h/d?${query}` });
  assert.match(
    refusal('sslmode=tls'),
    /^POSTGRES_URI=.* is not valid: expected sslmode to be one of disable, allow/,
  );
  assert.match(
    refusal('target_session_attrs=standby'),
    /^POSTGRES_URI=.*expected target_session_attrs=read-write or primary/,
  );
  const standby = 'postgres://a:1,b:2/d?target_session_attrs=standby';
  assert.equal(
    loadConfig({ POSTGRES_URI: 'postgres://a/d', POSTGRES_READ_URI: standby }).config
      .POSTGRES_READ_URI,
    standby,
  );
});

test('aliases of other servers are read, scaled to our units, and lose against the own name', () => {
  const { config, origins } = loadConfig({
    GUNICORN_WORKERS: '1',
    LOGGING_LEVEL: 'WARNING',
    REQUEST_TIMEOUT: '20',
  });
  assert.equal(config.LOG_LEVEL, 'warn');
  assert.equal(config.REQUEST_TIMEOUT_MS, 20_000);
  assert.equal(origins['HTTP_PROCESSES'], 'GUNICORN_WORKERS');
  assert.equal(
    loadConfig({ LOG_LEVEL: 'error', LOGGING_LEVEL: 'DEBUG' }).config.LOG_LEVEL,
    'error',
  );
  assert.match(
    startErrorOf({ REQUEST_TIMEOUT: 'soon' }),
    /REQUEST_TIMEOUT="soon".*multiplying by 1000/,
  );
});

test('a SQLAlchemy driver suffix is dropped', () => {
  const { config } = loadConfig({ POSTGRES_URI: 'postgresql+asyncpg://u:p@db:5432/x' });
  assert.equal(config.POSTGRES_URI, 'postgresql://u:p@db:5432/x');
});

test('combinations that cannot work are refused', () => {
  assert.match(startErrorOf({ HTTP_PROCESSES: '2' }), /HTTP_PROCESSES=2 needs REDIS_URL/);
  assert.match(startErrorOf({ WEB_CONCURRENCY: '2' }), /WEB_CONCURRENCY=2 needs REDIS_URL/);
  assert.match(startErrorOf({ TLS_CERT: '/c.pem' }), /TLS_CERT is set alone/);
  assert.match(startErrorOf({ POSTGRES_READ_URI: 'postgres://r/x' }), /without POSTGRES_URI/);
  const store = { LIVE_S3_URL: 'https://s3.example.org/bucket', LIVE_S3_ACCESS_KEY: 'key' };
  assert.match(startErrorOf(store), /LIVE_S3_SECRET_KEY is not set: expected all of/);
  assert.match(startErrorOf({ LIVE_S3_URL: 'https://s3.example.org/' }), /example\.org\/bucket/);
  assert.match(
    startErrorOf({ HTTP_PROCESSES: '4', REDIS_URL: 'redis://r', REDIS_MAX_CONNECTIONS: '4' }),
    /REDIS_MAX_CONNECTIONS=4 is too few/,
  );
});

test('the dump masks secrets and names the origin of each value', () => {
  const dump = dumpConfig(
    loadConfig({ POSTGRES_URI: 'postgres://u:hunter2@db/x', GUNICORN_WORKERS: '1' }),
  );
  assert.doesNotMatch(dump, /hunter2/);
  assert.match(dump, /POSTGRES_URI=postgres:\/\/u:\*\*\*@db\/x/);
  assert.match(dump, /HTTP_PROCESSES=1 +# GUNICORN_WORKERS/);
});
