/** What a preset or a file has changed, and its way back. */
import { describeChanges } from '../lib/describe-settings.ts';
import { dispatch, useEditor } from '../state/editor-store.ts';
import { changeThenFocus } from '../state/focus.ts';
import { useOptions } from '../state/page-context.ts';
import { Icon } from '../ui/icon.tsx';

export function ReplacedNotice() {
  const options = useOptions();
  const replaced = useEditor((state) => state.replaced);
  const changes =
    replaced === null ? [] : describeChanges(replaced.before, replaced.after, options);
  const undo = (button: HTMLElement) => {
    const section = button.closest('section');
    changeThenFocus(
      () => dispatch({ type: 'undo' }),
      () => section,
    );
  };
  return (
    <div role="status" className="replaced">
      {replaced !== null && (
        <div className="notice is-good">
          <p>
            <strong>{replaced.label}:</strong>{' '}
            {changes.length === 0 ? 'nothing had to change.' : 'these settings are changed.'}
          </p>
          {changes.length > 0 && (
            <ul className="changes">
              {changes.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )}
          <p>
            <button
              type="button"
              className="button"
              onClick={({ currentTarget }) => undo(currentTarget)}
            >
              <Icon name="undo" />
              Undo {replaced.label}
            </button>
          </p>
        </div>
      )}
    </div>
  );
}
