/** A machine that is full and busy, as its exporter tells it: this one is neither filled nor kept busy. */
import { startMachineExporter } from './exporters.ts';
import type { Stage } from './stage.ts';

export async function rehearseMachine(stage: Stage): Promise<void> {
  const use = { memory: 0.4, disk: 0.4, cpu: 0.2 };
  await using machine = await startMachineExporter(use);
  await using alerts = await stage.alerts({ node: machine });
  stage.tell('The fault: the exporter of the rehearsal tells of a disk of 95 % and a CPU of 90 %');
  use.disk = 0.95;
  use.cpu = 0.9;
  await alerts.fires(['MachineDisk', 'MachineCpu']);
  stage.tell('The cure: it tells of 40 % and 20 %');
  use.disk = 0.4;
  use.cpu = 0.2;
  await alerts.resolves();
}
