/** The process gets the processor now and then only, as in a container whose share is too small. */
import { setTimeout } from 'node:timers/promises';
import { startApp } from '../support/start-app.ts';
import { ENVIRONMENT, scraped, type Stage } from './stage.ts';

const HELD_MS = 250;
const LET_GO_MS = 150;

export async function rehearseLoopDelay(stage: Stage): Promise<void> {
  await using app = await startApp({ environment: ENVIRONMENT });
  await using alerts = await stage.alerts(scraped(app));
  stage.tell(`The fault: of each ${HELD_MS + LET_GO_MS} ms the process is held for ${HELD_MS}`);
  await alerts.fires(['SluiceLoopDelayed'], {
    ask: async () => {
      process.kill(app.pid, 'SIGSTOP');
      await setTimeout(HELD_MS);
      process.kill(app.pid, 'SIGCONT');
    },
    everyMs: HELD_MS + LET_GO_MS,
  });
  stage.tell('The cure: it is held no more');
  await alerts.resolves();
}
