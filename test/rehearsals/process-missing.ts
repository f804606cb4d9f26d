/** One of two processes hangs: the other answers, and says so. */
import { childrenOf } from '../support/processes.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';
import { ENVIRONMENT, metric, scraped, type Stage } from './stage.ts';

export async function rehearseProcessMissing(stage: Stage): Promise<void> {
  await using app = await startApp({ mode: 'external-2', environment: ENVIRONMENT });
  await using alerts = await stage.alerts(scraped(app));
  stage.tell('The fault: one of two processes stands still (SIGSTOP)');
  const hanging = await stopOne(app);
  try {
    await alerts.fires(['SluiceProcessMissing']);
  } finally {
    stage.tell('The cure: it goes on; else the supervisor starts another one when it is killed');
    process.kill(hanging, 'SIGCONT');
  }
  await stage.until('both answer', async () => {
    return (await metric(app, 'metrics_processes', 'missing')) === 0;
  });
  await alerts.resolves();
}

/** One that does not hold the connection of Prometheus, which goes on asking over it. */
async function stopOne(app: RunningApp): Promise<number> {
  const [first] = await childrenOf(app.pid);
  if (first === undefined) throw new Error('the supervisor has no children');
  process.kill(first.pid, 'SIGSTOP');
  return first.pid;
}
