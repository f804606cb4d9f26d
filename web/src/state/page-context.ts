/** What does not change while the page is edited (the server's options), and what the last check said. */
import { createContext, useContext } from 'react';
import type { PageOptions } from '../api/contract.ts';
import type { FieldProblem } from '../lib/providers.ts';

export const OptionsContext = createContext<PageOptions | null>(null);
/** True within what this server can do nothing with. */
export const OutOfUseContext = createContext(false);
export const ProblemsContext = createContext<readonly FieldProblem[]>([]);

/** @throws Error outside of the loaded page */
export function useOptions(): PageOptions {
  const options = useContext(OptionsContext);
  if (options === null) throw new Error('the options are not loaded');
  return options;
}

export function useProblems(): readonly FieldProblem[] {
  return useContext(ProblemsContext);
}
