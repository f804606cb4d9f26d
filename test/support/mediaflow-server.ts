/** MediaFlow proxy (PyPI `mediaflow-proxy`, 2.4.9) as it is installed, on loopback, with a proxy of its own in place of the internet. */
import { spawn, spawnSync } from 'node:child_process';
import { poll } from '../../src/lib/async/wait.ts';
import { freePort } from './free-port.ts';

const PYTHON = process.env['SLUICE_TEST_MEDIAFLOW'] ?? 'python3';
const START = { everyMs: 200, timeoutMs: 60_000 };

/** For `describe(…, { skip })`. */
export const skipWithoutMediaflow =
  spawnSync(PYTHON, ['-c', 'import mediaflow_proxy, uvicorn']).status === 0
    ? false
    : 'needs MediaFlow (pip install mediaflow-proxy==2.4.9); SLUICE_TEST_MEDIAFLOW names the Python that has it';

export interface MediaflowServer extends AsyncDisposable {
  readonly url: string;
}

/** @param hosts where it finds names that nobody else knows: name → address */
export async function startMediaflowServer(
  password: string,
  publicIp: string,
  hosts: Readonly<Record<string, string>>,
): Promise<MediaflowServer> {
  const port = await freePort();
  const routes = Object.entries(hosts).map(([name, address]) => [
    `all://${name}`,
    { proxy: true, proxy_url: address },
  ]);
  const child = spawn(
    PYTHON,
    ['-m', 'uvicorn', 'mediaflow_proxy.main:app', '--host', '127.0.0.1', '--port', String(port)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        API_PASSWORD: password,
        PUBLIC_IP: publicIp,
        TRANSPORT_ROUTES: JSON.stringify(Object.fromEntries(routes)),
      },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => {
      output += piece.toString();
    });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  const isUp = () =>
    fetch(`${url}/health`).then(
      async (answer) => (await answer.arrayBuffer()).byteLength > 0 && answer.ok,
      () => false,
    );
  const server = {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
  if (await poll(isUp, START)) return server;
  await server[Symbol.asyncDispose]();
  throw new Error(`MediaFlow did not start: ${output}`);
}
