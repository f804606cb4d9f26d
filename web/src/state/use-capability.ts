/** What this server can do: its own table, sent with the options of the page. */
import { useOptions } from './page-context.ts';

/** False also for what the server has not heard of. @param name undefined: needs nothing */
export function useCapability(name: string | undefined): boolean {
  const { capabilities } = useOptions();
  return name === undefined || capabilities[name] === true;
}
