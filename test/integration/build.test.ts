import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SmallPackage } from '../support/small-package.ts';

test('npm start compiles the server and the page only, and nothing at all when nothing has changed', async () => {
  await using small = await SmallPackage.create();
  assert.deepEqual(small.build('server').built, ['the server', 'the configure page']);
  assert.ok(
    small.has('dist/src/main.js') &&
      small.has('dist/workers/main.js') &&
      !small.has('dist/test/main.js'),
  );
  assert.equal(await small.read('web/dist/index.html'), 'production');
  assert.deepEqual(small.build('server'), { code: 0, built: [], said: '' });
});

test('whatever is built for tests serves npm start, too, but not the other way round', async () => {
  await using small = await SmallPackage.create();
  assert.deepEqual(small.build('everything').built, [
    'server, tests and measurements',
    'the configure page',
  ]);
  assert.ok(small.has('dist/test/main.js'));
  assert.deepEqual(small.build('server').built, []);
  await small.write('src/main.ts', 'export const changed = 1;\n');
  assert.deepEqual(small.build('server').built, ['the server']);
  assert.match(await small.read('dist/src/main.js'), /changed/);
  // Back to what the tests were compiled with: their stamp fits again, the server's output does not.
  await small.write('src/main.ts', "export const folder: string = 'src';\n");
  assert.deepEqual(small.build('everything').built, ['server, tests and measurements']);
  assert.match(await small.read('dist/src/main.js'), /folder/);
});

test('every input counts: sources, settings, the lock file, the page', async () => {
  await using small = await SmallPackage.create();
  small.build('server');
  await small.write('workers/more.ts', 'export const more = 1;\n');
  assert.deepEqual(small.build('server').built, ['the server']);
  await small.write('web/index.html', '<p>another page</p>');
  assert.deepEqual(small.build('server').built, ['the configure page']);
  await small.write('package-lock.json', '{"lockfileVersion":3}');
  assert.deepEqual(small.build('server').built, ['the server', 'the configure page']);
  await small.remove('dist');
  assert.deepEqual(small.build('server').built, ['the server']);
});

test('what was compiled from a source that is gone is removed', async () => {
  await using small = await SmallPackage.create();
  await small.write('test/old.ts', 'export const old = 1;\n');
  small.build('everything');
  assert.ok(small.has('dist/test/old.js'));
  await small.remove('test/old.ts');
  small.build('everything');
  assert.ok(
    !small.has('dist/test/old.js') &&
      !small.has('dist/test/old.js.map') &&
      small.has('dist/test/main.js'),
  );
});

test('a build that fails says what the compiler said, and is not taken for one that was done', async () => {
  await using small = await SmallPackage.create();
  small.build('server');
  const sound = await small.read('src/main.ts');
  await small.write('src/main.ts', 'export const wrong: number = "text";\n');
  const failed = small.build('server');
  assert.equal(failed.code, 1);
  assert.match(failed.said, /src\/main\.ts\(1,14\): error TS2322/);
  await small.write('src/main.ts', sound);
  assert.deepEqual(
    small.build('server').built,
    ['the server'],
    'although the sources are those of the last good build',
  );
});

test('a package without compiler says in one line what to do, and needs none where everything is built', async () => {
  await using small = await SmallPackage.create();
  small.build('server');
  await small.remove('node_modules/typescript');
  assert.deepEqual(small.build('server'), { code: 0, built: [], said: '' });
  await small.write('src/main.ts', 'export const changed = 1;\n');
  const { code, said } = small.build('server');
  assert.equal(code, 1);
  assert.equal(
    said,
    'the server cannot be built: node_modules/typescript/bin/tsc is missing, npm ci installs it\n',
  );
});
