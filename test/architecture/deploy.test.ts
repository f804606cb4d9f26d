/** Files for deployment are what their programs read, and keep what docs/deploying.md promises of them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { VARIABLES } from '../../src/platform/config/variables.ts';
import { readCompose } from '../support/compose-file.ts';
import { trackedFiles } from '../support/tracked-files.ts';

const composeFiles = await trackedFiles(/^deploy\/compose\/.*\.ya?ml$/);
const dockerfile = await readFile('Dockerfile', 'utf8');
const unitFiles = await trackedFiles(/^deploy\/systemd\/.*\.service$/);

for (const path of composeFiles) {
  test(`${path} is a Compose file whose services are bounded, watched and not root`, async () => {
    const { services, volumes = {} } = readCompose(await readFile(path, 'utf8'));
    assert.ok(Object.keys(services).length > 0);
    for (const [name, service] of Object.entries(services)) {
      const limits = service.deploy?.resources?.limits;
      assert.ok(
        Number(limits?.cpus) > 0 && /^\d+[mg]$/.test(limits?.memory ?? ''),
        `${name}: limits of CPU and memory`,
      );
      assert.ok(
        service.user !== undefined && service.user !== 'root' && service.user !== '0',
        `${name}: a user that is not root`,
      );
      assert.equal(service.restart, 'unless-stopped', name);
      assert.ok((service.healthcheck?.test.length ?? 0) > 1, `${name}: a health check`);
      assert.deepEqual(service.cap_drop, ['ALL'], name);
      for (const volume of service.volumes ?? [])
        assert.ok(Object.hasOwn(volumes, volume.split(':')[0] ?? ''), `${name}: ${volume}`);
    }
  });
}

test('a Compose file with a mistake is not taken for one', () => {
  assert.throws(() => readCompose('services: { a: { image: x, helthcheck: {} } }'), /helthcheck/);
  assert.throws(
    () =>
      readCompose(
        'services: { a: { image: x, deploy: { resources: { limits: { memory: 5 } } } } }',
      ),
    /memory/,
  );
  assert.throws(() => readCompose('services: [a]'), /object/);
  assert.throws(
    () => readCompose('services: { sluice: { image: x, environment: { HOSTURL: y } } }'),
    /HOSTURL/,
  );
});

test('the volume of the simple Compose file is where the image keeps its data, and both ask for health alike', async () => {
  const {
    services: { sluice },
  } = readCompose(await readFile('deploy/compose/simple.yml', 'utf8'));
  const dataDir = /\bDATA_DIR=(\S+)/.exec(dockerfile)?.[1];
  assert.deepEqual(sluice?.volumes, [`data:${dataDir}`]);
  assert.match(dockerfile, new RegExp(`^VOLUME ${dataDir}$`, 'm'));
  const [, command = '[]'] = /^HEALTHCHECK .*CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  assert.deepEqual(sluice?.healthcheck?.test, ['CMD', ...(JSON.parse(command) as string[])]);
});

test('the Dockerfile copies what is there and not ignored, and ends as a user that is not root', async () => {
  const ignored = (await readFile('.dockerignore', 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
    ([, sources = '']) => sources.split(' '),
  );
  assert.ok(copied.length > 8);
  for (const path of copied) {
    assert.ok(existsSync(path), `${path} is not there`);
    assert.ok(
      !ignored.some((rule) => path === rule || path.startsWith(`${rule}/`)),
      `${path} is ignored`,
    );
  }
  assert.match(dockerfile.slice(dockerfile.lastIndexOf('\nFROM')), /^USER node$/m);
});

/** As in the image: what the compiled program and the build read of the package. */
test('every folder that the program reads at run time is in the image', async () => {
  const sources = await Promise.all(
    (await trackedFiles(/^(src|workers)\/.*\.ts$/)).map((path) => readFile(path, 'utf8')),
  );
  const read = new Set(
    sources.flatMap((text) =>
      [...text.matchAll(/packagePath\('([^']+)'\)|new URL\('([^']+)', packageRoot\)/g)].map(
        ([, path = '', url = '']) => path || url,
      ),
    ),
  );
  assert.ok(read.size > 2, [...read].join(', '));
  const inImage = [
    ...dockerfile
      .slice(dockerfile.lastIndexOf('\nFROM'))
      .matchAll(/^COPY (?:--from=build )?(?:\/app\/)?(\S+) /gm),
  ].map(([, path = '']) => path);
  for (const path of read) {
    const clean = path.replace(/\/$/, '');
    assert.ok(
      clean === '.' || inImage.some((copied) => clean === copied || clean.startsWith(`${copied}/`)),
      `${path} is not in the image`,
    );
  }
});

const analyze = '/usr/bin/systemd-analyze';
for (const path of unitFiles) {
  test(
    `${path} is a unit that systemd accepts`,
    { skip: existsSync(analyze) ? false : 'needs systemd-analyze' },
    () => {
      const run = spawnSync(analyze, ['verify', path], { encoding: 'utf8' });
      assert.equal(run.status, 0, run.stderr);
      assert.equal(
        run.stderr
          .split('\n')
          .filter((line) => line.includes(path))
          .join('\n'),
        '',
      );
    },
  );

  test(`${path} starts Sluice as npm start does, with variables that it reads`, async () => {
    const unit = await readFile(path, 'utf8');
    const { scripts }: { scripts: { start: string } } = JSON.parse(
      await readFile('package.json', 'utf8'),
    );
    const command = /^ExecStart=\/usr\/bin\/env (.+)$/m.exec(unit)?.[1];
    assert.equal(`exec ${command}`, scripts.start.split(' && ').at(-1));
    for (const [, name = ''] of (/^Environment=(.+)$/m.exec(unit)?.[1] ?? '').matchAll(/(\w+)=/g)) {
      assert.ok(name === 'NODE_ENV' || Object.hasOwn(VARIABLES, name), name);
    }
  });

  test(`${path} hands a reload on as the signal that takes renewed certificates`, async () => {
    assert.match(await readFile(path, 'utf8'), /^ExecReload=\/bin\/kill -HUP \$MAINPID$/m);
  });
}
