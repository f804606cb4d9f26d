/** Keys and bounds of the endpoints that make install addresses: rotated keys, profiles taken over, limits per address. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import postgres from 'postgres';
import { ask, send, streamsOf } from '../../support/configure-requests.ts';
import { createTestDatabase } from '../../support/template-db.ts';
import { startApp } from '../../support/start-app.ts';

const BUNNY = '/stream/movie/tt1254207.json';
const KEY = 'the-first-secret-key-of-this-test';
const NEW_KEY = 'the-second-secret-key-of-this-test';

describe('keys of install addresses', () => {
  test('after a rotation old installs keep working, and the old key makes no new ones', async () => {
    let old = '';
    {
      await using app = await startApp({ environment: { SECRET_KEY: KEY } });
      old = String(
        (await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', { nm: 'Before' }))).json[
          'encrypted_str'
        ],
      );
    }
    await using app = await startApp({
      environment: { SECRET_KEY: NEW_KEY, SECRET_KEYS_OLD: KEY },
    });
    const manifest = await ask(`${app.baseUrl}/${old}/manifest.json`);
    assert.equal(manifest.json['name'], 'Sluice Before');
    const again = await ask(
      `${app.baseUrl}/encrypt-user-data/${old}`,
      send('POST', { nm: 'After' }),
    );
    assert.notEqual(
      String(again.json['encrypted_str']).slice(0, 6),
      old.slice(0, 6),
      'another key id',
    );
  });

  test('profiles of another server work once their rows are taken over; nobody can edit them', async () => {
    const database = await createTestDatabase();
    await using app = await startApp({
      environment: {
        SECRET_KEY: NEW_KEY,
        SECRET_KEYS_OLD: KEY,
        POSTGRES_URI: database.uri,
        POSTGRES_MIGRATE_URI: database.uri,
      },
    });
    const sql = postgres(database.uri, { max: 1, onnotice: () => undefined });
    const id = '6f1b6f0e-8f53-4c1e-9d0a-0a1b2c3d4e5f';
    const config = { selected_resolutions: ['720p'], sps: [{ sv: 'p2p' }] };
    await sql`INSERT INTO user_profile (profile_id, legacy_config) VALUES (${id}, ${sql.json(config)})`;
    await sql.end({ timeout: 2 });
    const names = streamsOf(await ask(`${app.baseUrl}/U-${id}${BUNNY}`)).map(({ name }) => name);
    assert.ok(names.length > 0 && names.every((name) => name.includes('720p')), names.join());
    assert.equal(
      (
        await ask(`${app.baseUrl}/profiles/${id}`, {
          method: 'DELETE',
          headers: { 'x-owner-key': '' },
        })
      ).status,
      403,
    );
    await database[Symbol.asyncDispose]();
  });

  test('one address cannot fill the table of profiles', async () => {
    await using app = await startApp({ environment: { PROFILES_PER_HOUR_MAX: '2' } });
    const create = () => ask(`${app.baseUrl}/profiles`, send('POST', {}));
    assert.deepEqual([(await create()).status, (await create()).status], [201, 201]);
    const refused = await create();
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) > 3000);
  });

  test('an address may ask for so many previews a minute, of whatever kind', async () => {
    await using app = await startApp({ environment: { PREVIEWS_PER_MINUTE_MAX: '3' } });
    const tried = () =>
      ask(`${app.baseUrl}/preview/name-filter`, send('POST', { snfp: ['a'], names: ['a'] }));
    assert.deepEqual([(await tried()).status, (await tried()).status], [200, 200]);
    assert.equal((await ask(`${app.baseUrl}/preview`, send('POST', {}))).status, 200);
    for (const refused of [
      await tried(),
      await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', {})),
    ]) {
      assert.equal(refused.status, 429);
      assert.match(refused.text, /preview\.too-many/);
      const retryAfterS = Number(refused.headers.get('retry-after'));
      assert.ok(retryAfterS >= 1 && retryAfterS <= 60, String(retryAfterS));
    }
  });

  test('expressions just below the bound are tested, just above refused with the figure, and posters wait for neither', async () => {
    await using app = await startApp({
      environment: { POOL_THREADS: '1', PREVIEWS_PER_MINUTE_MAX: '1000000' },
    });
    const names = Array.from({ length: 100 }, (_, at) => `${'a'.repeat(250)}${at}`);
    const trial = (repetitions: number) =>
      ask(
        `${app.baseUrl}/preview/name-filter`,
        send('POST', {
          snfm: 'exclude',
          snfr: true,
          snfp: [`(.{0,30}a.{0,30}){7}b{${repetitions}}`],
          names,
        }),
      );
    assert.equal((await trial(1)).status, 200);
    const refused = await trial(900);
    assert.equal(refused.status, 400);
    assert.match(refused.text, /too large together: 1\d{3} instructions .* at most 1000/);
    // Twelve at a time wait for the one thread of filters, until the poster is there.
    let tested = 0;
    let isPosterThere = false;
    const keepsTrying = async () => {
      while (!isPosterThere && tested < 2000) await trial((tested++ % 12) + 2);
    };
    const trying = Array.from({ length: 12 }, keepsTrying);
    const poster = await fetch(`${app.baseUrl}/poster/movie/tt1254207.jpg`);
    isPosterThere = true;
    await Promise.all(trying);
    assert.equal(poster.status, 200);
    assert.ok(tested < 2000, 'the poster came while expressions were tested');
  });

  test('a key that is too short stops the start with the name of the variable', async () => {
    await assert.rejects(
      startApp({ environment: { SECRET_KEY: 'short' } }),
      /SECRET_KEY.*expected a text of 16 to 512/s,
    );
  });
});
