/** `npm run dev`: what is built and started again when a source changes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { eventually } from '../support/processes.ts';
import { SmallPackage } from '../support/small-package.ts';

const DEADLINE_MS = 120_000;
const STOPPABLE = `
  declare const process: { on(name: string, listener: () => void): void; exit(code: number): never };
  process.on('SIGTERM', () => { console.log('ended in order'); process.exit(0); });
  setInterval(() => undefined, 1000);
  declare function setInterval(tick: () => void, ms: number): void;
  declare const console: { log(text: string): void };
`;
const server = (greeting: string) => `export {};\n${STOPPABLE}\nconsole.log('${greeting}');\n`;

class DevRun {
  readonly child;
  text = '';

  constructor(root: string) {
    this.child = spawn(process.execPath, ['tools/dev.mjs'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.text += chunk.toString();
      });
    }
  }

  says(what: RegExp): Promise<void> {
    return eventually(`${what} in what it says`, DEADLINE_MS, () => what.test(this.text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}

test('a change builds and starts the server again, a broken one leaves it, the page counts, and a signal ends both', async () => {
  await using small = await SmallPackage.create();
  await small.write('src/main.ts', server('first'));
  await using dev = new DevRun(small.root);
  await dev.says(/first/);
  await small.write('src/main.ts', server('second'));
  await dev.says(/ended in order[^]*second/);
  await small.write('src/main.ts', 'const wrong: number = "text";\n');
  await dev.says(/TS2322/);
  assert.equal(dev.text.match(/ended in order/g)?.length, 1, 'the server that runs stays');
  await small.write('src/main.ts', server('third'));
  await dev.says(/third/);
  await small.write('web/index.html', '<p>another page</p>');
  await dev.says(/third[^]*the configure page[^]*third/);
  const ended = once(dev.child, 'exit');
  dev.child.kill('SIGINT');
  const [code] = await ended;
  assert.equal(code, 0);
  assert.match(dev.text, /ended in order\n$/);
});

test('a server that ends by itself is told, and the next change starts it', async () => {
  await using small = await SmallPackage.create();
  await small.write('src/main.ts', 'export const nothing = 1;\n');
  await using dev = new DevRun(small.root);
  await dev.says(/The server ended \(0\)/);
  await small.write('src/main.ts', server('again'));
  await dev.says(/again/);
});
