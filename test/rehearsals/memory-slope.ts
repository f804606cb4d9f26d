/** Memory grows with what is asked: caches fill. */
import { stat } from 'node:fs/promises';
import { rawRequest } from '../support/http-client.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';
import { startMachineExporter } from './exporters.ts';
import { askForLists, ENVIRONMENT, filmIds, metric, type Stage } from './stage.ts';

/** What lists and pages of the demo catalogue hold at least; a busy machine may refuse to render posters. */
const GROWTH_BYTES = 50_000;

/** Lists, posters and pages of all films. */
async function askForEverything(app: RunningApp): Promise<void> {
  const ids = await filmIds(app);
  await askForLists(app, ids);
  for (const id of ids) {
    await rawRequest(`${app.baseUrl}/poster/movie/${id}.jpg`);
    await rawRequest(`${app.baseUrl}/meta/movie/${id}.json`);
  }
}

const cached = (app: RunningApp) => metric(app, 'cache_bytes', 'tier="l1"');

export async function rehearseMemorySlope(stage: Stage): Promise<void> {
  const use = { memory: 0.4, disk: 0.4, cpu: 0.2 };
  await using machine = await startMachineExporter(use);
  await using alerts = await stage.alerts({ node: machine });
  stage.tell('The fault: the caches may take more than there is, and everything is asked for');
  {
    await using app = await startApp({ environment: { ...ENVIRONMENT, ENABLE_PROFILER: 'true' } });
    const before = await cached(app);
    await askForEverything(app);
    await stage.until('caches have grown', async () => (await cached(app)) > before + GROWTH_BYTES);
    const told = await stage.follow('Signals', app);
    stage.sees('memory is told beside the bytes of each cache', told, /"resident_bytes":\d{8,}/);
    const [, file = ''] = /"file":"([^"]+)"/.exec(told) ?? [];
    const { size } = await stat(file);
    stage.sees('there is a heap snapshot', String(size), /^\d{7,}$/);
    stage.tell(
      'The machine is small: the exporter of the rehearsal says that 90 % of it is in use',
    );
    use.memory = 0.9;
    await alerts.fires(['MachineMemory']);
  }
  stage.tell('The cure: a bound for the caches (0: the demo catalogue reaches no other)');
  const environment = { ...ENVIRONMENT, CACHE_MEMORY_BYTES: '0' };
  await using app = await startApp({ environment });
  await askForEverything(app);
  await askForEverything(app);
  const told = await stage.follow('Cure', app);
  stage.sees('the caches tell their bytes', told, /"tier":"l1","hits":\d+/);
  await stage.until('they stay within the bound', async () => (await cached(app)) === 0);
  use.memory = 0.4;
  await alerts.resolves();
}
