/** Arguments and environment → configuration → role → wait for a signal → dispose. */
import { StartError } from './lib/start-error.ts';
import { helpText, parseCommand, type Role, type RoleWithParameters } from './app/arguments.ts';
import { Progress } from './app/banner.ts';
import { checkHealth } from './app/health-check.ts';
import type { RoleContext } from './app/role-context.ts';
import { watchSignals } from './app/signals.ts';
import { version } from './platform/config/version.ts';
import { assertBuildFits } from './http/uws-binary.ts';
import { loadConfig, type Config, type LoadedConfig } from './platform/config/config.ts';
import { dumpConfig } from './platform/config/dump.ts';
import { dropFromEnvironment, presetEnvironment, readEnvironment } from './platform/config/env.ts';
import { createLogger } from './platform/log/pino-logger.ts';
import { allocateYoung } from './platform/runtime/v8-flags.ts';
import { putEventLoopFirst } from './platform/runtime/thread-priority.ts';

/** Read by uWebSockets.js when it loads: install tokens live in the path. */
const HEAD_BYTES_MAX = '16384';

const print = (text: string) => {
  process.stdout.write(text);
};

/** `| head`, a log collector that died: the server goes on when nobody reads what it prints. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** What a source logs is said by its test. */
async function askSources(config: Config): Promise<void> {
  const { testSources } = await import('./app/test-sources.ts');
  await testSources(config, createLogger({ level: 'silent', format: 'text' }), print);
}

async function helpOf(role: RoleWithParameters): Promise<string> {
  const { ROLE_HELP } = await import('./app/role-help.ts');
  return ROLE_HELP[role];
}

async function main(): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  if (command.kind === 'help') return print(helpText());
  if (command.kind === 'role-help') return print(await helpOf(command.role));
  if (command.kind === 'version') return print(`${version}\n`);
  const loaded: LoadedConfig = loadConfig(readEnvironment());
  if (command.kind === 'config-dump') return print(dumpConfig(loaded));
  if (command.kind === 'healthcheck') return print(`${await checkHealth(loaded.config)}\n`);
  if (command.kind === 'test-sources') return await askSources(loaded.config);
  assertBuildFits();
  putEventLoopFirst();
  allocateYoung();
  // postgres.js throws on values of libpq that it does not know; which host is taken, the URI says.
  dropFromEnvironment('PGTARGETSESSIONATTRS');
  presetEnvironment('UWS_HTTP_MAX_HEADERS_SIZE', HEAD_BYTES_MAX);
  const { config } = loaded;
  const format =
    config.LOG_FORMAT === 'auto' ? (process.stderr.isTTY ? 'text' : 'json') : config.LOG_FORMAT;
  const logger = createLogger({ level: config.LOG_LEVEL, format });
  const stop = new AbortController();
  // A supervised process hears Ctrl-C from the terminal and SIGTERM from its supervisor: both mean one drain.
  using signals = watchSignals(() => {
    if (process.send === undefined) process.exit(130);
  });
  let isStarting = true;
  const started = () => {
    isStarting = false;
  };
  void signals.first.then(() => {
    stop.abort();
    endByForceAfter(isStarting ? START_END_MS : config.DRAIN_TIMEOUT_MS + DRAIN_END_MS);
  });
  const { onHangup } = signals;
  const progress = new Progress(print);
  await runUntilStopped(command.role, {
    config,
    parameters: command.parameters,
    logger,
    print,
    stop: stop.signal,
    started,
    onHangup,
    progress,
  });
}

/** Both are longer than what our own deadlines add up to. */
const START_END_MS = 15_000;
const DRAIN_END_MS = 30_000;

/**
 * A thread that is stuck in the system (a disk over the network that is away, a FIFO for a file) would be waited for even
 * by `process.exit`. What belongs to us ends with us: its pipes close.
 */
function endByForceAfter(limitMs: number): void {
  setTimeout(() => {
    process.stderr.write(`Not stopped ${limitMs / 1000} s after the signal: ended by force\n`);
    process.kill(process.pid, 'SIGKILL');
  }, limitMs).unref();
}

/**
 * A server that is told to stop while it starts has nothing to finish: its waits reject with the signal's reason,
 * some wrap it, and a terminal's Ctrl-C ends its children, too. A role that runs to its end was not done.
 */
async function runUntilStopped(role: Role, context: RoleContext): Promise<void> {
  const { runRole } = await import('./app/roles.ts');
  const { stop, logger, print: tell } = context;
  try {
    await runRole(role, context);
  } catch (error) {
    if (!stop.aborted) throw error;
    if (role !== 'serve' && role !== 'api' && role !== 'worker')
      throw new StartError(`${role} was stopped by a signal before it was done`);
    if (error !== stop.reason) logger.info({ error }, 'what the signal interrupted');
    tell('Stopped before it was ready\n');
  }
}

outliveReaders();
try {
  await main();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message.replaceAll('\n', ' ')}\n`);
  process.exitCode = 1;
}
