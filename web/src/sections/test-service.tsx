/** The test of a service: whose account it is, and until when it is paid for, or what is wrong. */
import { testService } from '../api/calls.ts';
import type { Provider } from '../api/contract.ts';
import { editorState } from '../state/editor-store.ts';
import { TestEntry } from './test-entry.tsx';

interface Props {
  /** Of the entry: `sps[1]`. */
  readonly path: string;
  readonly service: Provider;
  /** As people read it, behind "Test". */
  readonly name: string;
}

export function TestService({ path, service, name }: Props) {
  const labels = Object.fromEntries(
    service.credentials.map(({ key, label }) => [key.split('.').at(-1) ?? key, label]),
  );
  return (
    <TestEntry
      path={path}
      name={name}
      labels={labels}
      test={(entry) => {
        const { config, source } = editorState();
        const { mfc } = config;
        return testService(
          { sps: [{ ...entry, en: true }], ...(mfc === undefined ? {} : { mfc }) },
          source,
        );
      }}
    />
  );
}
