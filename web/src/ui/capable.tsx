/** Settings that need something of the server: in use where it has it, else marked, closed and kept as they are. */
import type { ReactNode } from 'react';
import { valueAt } from '../lib/field-path.ts';
import { dispatch, useEditor } from '../state/editor-store.ts';
import { changeThenFocus } from '../state/focus.ts';
import { OutOfUseContext } from '../state/page-context.ts';
import { useCapability } from '../state/use-capability.ts';
import { NOT_AVAILABLE } from './availability.ts';
import { Icon } from './icon.tsx';
import { Disclosure, Part } from './section.tsx';

export function NotAvailable() {
  return <span className="tag is-muted">{NOT_AVAILABLE}</span>;
}

/** Fields that can be read, and not be changed. */
export function OutOfUse({ children }: { readonly children: ReactNode }) {
  return (
    <OutOfUseContext value>
      <fieldset className="unavailable" disabled>
        {children}
      </fieldset>
    </OutOfUseContext>
  );
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
      <OutOfUse>{children}</OutOfUse>
    </Disclosure>
  );
}

/** What a configuration holds of it already is kept for the day it works, and can be taken out. */
export function KeptSettings({ title, paths }: Pick<Props, 'title' | 'paths'>) {
  const hasAny = useEditor(({ config }) =>
    paths.some((path) => valueAt(config, path) !== undefined),
  );
  if (!hasAny) return null;
  const remove = (button: HTMLElement) => {
    const around = button.closest<HTMLElement>('details, section');
    changeThenFocus(
      () => paths.forEach((path) => dispatch({ type: 'set', path, value: undefined })),
      () => around?.querySelector<HTMLElement>(':scope > summary') ?? around,
    );
  };
  return (
    <div className="kept-settings">
      <p className="hint">Your settings of it are kept, and have no effect yet.</p>
      <button
        type="button"
        className="button"
        aria-label={`Remove settings of ${title}`}
        onClick={({ currentTarget }) => remove(currentTarget)}
      >
        <Icon name="trash" />
        Remove settings
      </button>
    </div>
  );
}
