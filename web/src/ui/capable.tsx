/** Settings that need something of the server: in use where it has it, else marked, closed and kept as they are. */
import type { ReactNode } from 'react';
import { valueAt } from '../lib/field-path.ts';
import { dispatch, useEditor } from '../state/editor-store.ts';
import { changeThenFocus } from '../state/focus.ts';
import { useCapability } from '../state/use-capability.ts';
import { NOT_AVAILABLE } from './availability.ts';
import { Icon } from './icon.tsx';
import { Disclosure, Part } from './section.tsx';

export function NotAvailable() {
  return <span className="tag is-muted">{NOT_AVAILABLE}</span>;
}

interface Props {
  /** A name of the server's table of capabilities. */
  readonly needs: string;
  readonly title: string;
  /** Fields of the configuration that it is about. */
  readonly paths: readonly string[];
  readonly children: ReactNode;
}

export function Capable({ needs, title, paths, children }: Props) {
  const isAvailable = useCapability(needs);
  if (isAvailable) return <Part title={title}>{children}</Part>;
  return (
    <Disclosure title={title} summary={NOT_AVAILABLE} className="is-unavailable">
      <KeptSettings title={title} paths={paths} />
      <fieldset className="unavailable" disabled>{children}</fieldset>
    </Disclosure>
  );
}

/** What a configuration holds of it already is kept for the day it works, and can be taken out. */
function KeptSettings({ title, paths }: Pick<Props, 'title' | 'paths'>) {
  const hasAny = useEditor(({ config }) => paths.some((path) => valueAt(config, path) !== undefined));
  if (!hasAny) return <p className="hint">Nothing here has an effect yet, so there is nothing to fill in.</p>;
  const remove = (button: HTMLElement) => {
    const disclosure = button.closest('details');
    changeThenFocus(
      () => paths.forEach((path) => dispatch({ type: 'set', path, value: undefined })),
      () => disclosure?.querySelector('summary'),
    );
  };
  return (
    <div className="kept-settings">
      <p className="hint">Your settings of it are kept, and have no effect yet.</p>
      <button type="button" className="button" onClick={({ currentTarget }) => remove(currentTarget)}>
        <Icon name="trash" />Remove settings of {title}
      </button>
    </div>
  );
}
