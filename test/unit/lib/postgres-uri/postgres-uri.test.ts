/** Protects operators from a start that refuses the URI their provider gave them, and from a password in a message. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PARAMETERS } from '../../../../src/lib/postgres-uri/parameters.ts';
import { PostgresUriError } from '../../../../src/lib/postgres-uri/postgres-uri-error.ts';
import {
  parsePostgresUri,
  type PostgresTarget,
} from '../../../../src/lib/postgres-uri/postgres-uri.ts';

const placesOf = ({ hosts }: PostgresTarget) =>
  hosts.map(({ name, address, port }) => `${name} ${address} ${port}`);

function expectedOf(uri: string): string {
  try {
    parsePostgresUri(uri);
  } catch (error) {
    assert.ok(error instanceof PostgresUriError, String(error));
    return error.expected;
  }
  return assert.fail(`${uri} was read`);
}

describe('URIs that providers, poolers and ORMs hand out', () => {
  const names = (uri: string) => parsePostgresUri(uri).ignored;

  test('Neon, Supabase, Prisma, SQLAlchemy', () => {
    const neon = parsePostgresUri(
      'postgresql://u:p@ep-a-b.eu.aws.neon.tech/neondb?sslmode=require&channel_binding=require',
    );
    assert.deepEqual([neon.tls?.mode, neon.ignored], ['require', ['channel_binding']]);
    const supabase = parsePostgresUri(
      'postgres://postgres.ref:p@pooler.example.com:6543/postgres?pgbouncer=true&connection_limit=1',
    );
    assert.deepEqual(
      [supabase.isPooled, supabase.user, supabase.ignored],
      [true, 'postgres.ref', ['connection_limit']],
    );
    const prisma = parsePostgresUri(
      'postgresql://u:p@h/db?schema=app&pool_timeout=20&connect_timeout=7&sslaccept=strict',
    );
    assert.deepEqual([prisma.settings, prisma.connectTimeoutMs], [{ search_path: 'app' }, 7000]);
    assert.deepEqual(names('postgresql+asyncpg://u:p@h/db?prepared_statement_cache_size=0'), [
      'prepared_statement_cache_size',
    ]);
  });

  test('what has no effect is named, what nobody knows, too, and neither is sent to the server', () => {
    const { ignored, settings } = parsePostgresUri(
      'postgres://h/d?keepalives=1&gssencmode=disable&nonsense=1&a%0Ab=1&keepalives=0',
    );
    assert.deepEqual(ignored, ['keepalives', 'gssencmode', 'nonsense', 'a?b']);
    assert.deepEqual(settings, {});
  });

  test('Unix-domain sockets, in the host and as a parameter', () => {
    assert.deepEqual(placesOf(parsePostgresUri('postgres://u@%2Fvar%2Frun%2Fpostgresql:5433/db')), [
      '/var/run/postgresql /var/run/postgresql 5433',
    ]);
    const target = parsePostgresUri(
      'postgresql:///sluice?host=/var/run/postgresql&user=me&port=5433',
    );
    assert.deepEqual(placesOf(target), ['/var/run/postgresql /var/run/postgresql 5433']);
    assert.deepEqual([target.user, target.database], ['me', 'sluice']);
    assert.deepEqual(
      placesOf(parsePostgresUri('postgres://u:p@localhost/db?host=/cloudsql/a:b:c')),
      ['/cloudsql/a:b:c /cloudsql/a:b:c 5432'],
    );
  });

  test('IPv6 and several hosts', () => {
    assert.deepEqual(placesOf(parsePostgresUri('postgres://[::1]/d')), ['::1 ::1 5432']);
    assert.deepEqual(placesOf(parsePostgresUri('postgres://u:p@[2001:db8::7]:5433,b:1,c/d')), [
      '2001:db8::7 2001:db8::7 5433',
      'b b 1',
      'c c 5432',
    ]);
    assert.deepEqual(placesOf(parsePostgresUri('postgres:///d?host=a,b&port=1')), [
      'a a 1',
      'b b 1',
    ]);
    assert.deepEqual(placesOf(parsePostgresUri('postgres://a,b/d?hostaddr=10.0.0.1,::1')), [
      'a 10.0.0.1 5432',
      'b ::1 5432',
    ]);
  });

  test('special characters of a password, encoded and not', () => {
    assert.equal(parsePostgresUri('postgres://u:p%40%2F%25@h/d').password, 'p@/%');
    assert.equal(parsePostgresUri('postgres://u:a#b@c:d@h/d').password, 'a#b@c:d');
  });

  test('TLS modes as libpq has them', () => {
    const modeOf = (query: string) => parsePostgresUri(`postgres://h/d?${query}`).tls?.mode;
    for (const mode of ['allow', 'prefer', 'require', 'verify-ca', 'verify-full'])
      assert.equal(modeOf(`sslmode=${mode}`), mode);
    assert.deepEqual(
      [modeOf(''), modeOf('sslmode=disable'), modeOf('ssl=false')],
      [undefined, undefined, undefined],
    );
    assert.deepEqual([modeOf('ssl=true'), modeOf('sslmode=no-verify')], ['require', 'require']);
    assert.equal(modeOf('sslmode=require&sslrootcert=/ca.pem'), 'verify-ca');
    assert.equal(modeOf('sslmode=require&sslrootcert=system'), 'verify-full');
    assert.equal(modeOf('sslrootcert=/ca.pem'), 'verify-full');
  });
});

describe('URIs that cannot be right', () => {
  test('say what is expected and quote nothing', () => {
    assert.match(expectedOf('mysql://h/d'), /postgres:\/\//);
    assert.match(expectedOf('postgres://h/d?sslmode=tls'), /^sslmode to be one of disable, allow/);
    assert.match(
      expectedOf('postgres://h/d?target_session_attrs=master'),
      /^target_session_attrs to be one of any/,
    );
    assert.match(
      expectedOf('postgres://h/d?connect_timeout=soon'),
      /connect_timeout to be a number of seconds/,
    );
    assert.match(expectedOf('postgres://h/d?pgbouncer=perhaps'), /pgbouncer/);
    assert.match(expectedOf('postgres://h:99999/d'), /a port from 1 to 65535/);
    assert.match(expectedOf('postgres://::1/d'), /\[IPv6 address\]/);
    assert.match(expectedOf('postgres://a,b/d?port=1,2,3'), /as many as hosts/);
    assert.match(
      expectedOf('postgres://u:100%sure@h/d'),
      /^two hexadecimal digits behind every % in the password \(.*%25/,
    );
    const cut = ['pa/ss', 'pa?ss', '1?ss', '1/2', '1?a=b'];
    for (const password of cut)
      assert.match(expectedOf(`postgres://u:${password}@h/d`), /%2F/, password);
  });

  test('every parameter of the table is read without another error than ours', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(PARAMETERS)),
        fc.string({ unit: 'grapheme' }),
        (name, value) => {
          try {
            parsePostgresUri(`postgres://h/d?${name}=${encodeURIComponent(value)}`);
          } catch (error) {
            assert.ok(error instanceof PostgresUriError, String(error));
          }
        },
      ),
    );
  });

  test('any text is read or refused with ours', () => {
    const signs = fc.constantFrom(
      '@',
      ':',
      '/',
      '?',
      '&',
      '=',
      '%',
      ',',
      '[',
      ']',
      '::1',
      '#',
      'host=',
      '%00',
    );
    const piece = fc.oneof(fc.string({ unit: 'binary' }), signs);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          assert.ok(parsePostgresUri(`postgres://${pieces.join('')}`).hosts.length > 0);
        } catch (error) {
          assert.ok(error instanceof PostgresUriError, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('what was encoded comes out as it went in', () => {
    const signs = fc.constantFrom(
      'a',
      'Z',
      '0',
      '@',
      ':',
      '/',
      '?',
      '#',
      '%',
      '&',
      '=',
      '+',
      ' ',
      'é',
      ',',
      '[',
      ']',
    );
    const text = fc.string({ unit: signs, minLength: 1 });
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
    );
    const hosts = fc.array(fc.record({ host, port: fc.integer({ min: 1, max: 65_535 }) }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(text, text, text, hosts, (user, password, database, places) => {
        const authority = places.map(({ host: name, port }) => `${name}:${port}`).join(',');
        const parts = [user, password, database].map(encodeURIComponent);
        const target = parsePostgresUri(
          `postgres://${parts[0]}:${parts[1]}@${authority}/${parts[2]}`,
        );
        assert.deepEqual(
          [target.user, target.password, target.database],
          [user, password, database],
        );
        assert.deepEqual(
          target.hosts.map(({ name, port }) => ({ name, port })),
          places.map(({ host: name, port }) => ({ name: name.replace(/^\[|\]$/g, ''), port })),
        );
      }),
    );
  });
});
