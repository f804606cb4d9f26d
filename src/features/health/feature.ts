/** The door of health: whether the process runs, and whether everything that requests need answers. */
import type { BrownoutState } from '../../lib/admission/brownout.ts';
import type { ReadinessCheck } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import type { Readiness } from './contract.ts';
import { healthRoutes } from './routes.ts';
import { HealthService } from './service.ts';

export interface HealthPorts {
  readonly checks: readonly ReadinessCheck[];
  readonly load: () => BrownoutState;
}

export interface HealthFeature extends Feature {
  readiness(): Promise<Readiness>;
  /** From now on the instance reports that it is not ready, so that load balancers turn away. */
  startDraining(): void;
}

const READY_TIMEOUT_MS = 2000;

export function createHealth({ checks, load }: HealthPorts): HealthFeature {
  const service = new HealthService(checks, READY_TIMEOUT_MS, load);
  return {
    routes: healthRoutes(service),
    readiness: () => service.readiness(),
    startDraining: () => service.startDraining(),
  };
}
