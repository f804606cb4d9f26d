/** Loads the settings of an address that is installed somewhere. */
import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { loadSecret, needsOwnerKey } from '../state/load-secret.ts';
import { secretIn } from '../lib/install-link.ts';
import { OwnerKeyForm } from './owner-key-form.tsx';

export function LoadExisting() {
  const [text, setText] = useState('');
  const [tried, setTried] = useState<string | null>(null);
  const load = useMutation({
    mutationFn: async () => {
      const secret = secretIn(text);
      setTried(secret);
      if (secret === null)
        throw new Error(
          'There is no configuration in this address: it has a part that begins with S-, U- or D-.',
        );
      await loadSecret(secret);
    },
    onSuccess: () => {
      setText('');
      showFromTop();
    },
  });
  const asksForKey = load.isError && needsOwnerKey(load.error);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    load.mutate();
  };
  return (
    <div className="part stack">
      <form onSubmit={submit}>
        <h3>Change an existing install</h3>
        <div className="add-row">
          <div className="field grow">
            <label className="field-label" htmlFor="existing">
              Install URL or secret
            </label>
            <input
              id="existing"
              className="input code"
              value={text}
              autoComplete="off"
              spellCheck={false}
              placeholder="stremio://…/S-…/manifest.json"
              aria-invalid={load.isError || undefined}
              aria-describedby={load.isError ? 'existing-problem' : undefined}
              onChange={({ target }) => setText(target.value)}
            />
          </div>
          <button type="submit" className="button" disabled={text.trim() === '' || load.isPending}>
            Load settings
          </button>
        </div>
        {load.isError && !asksForKey && (
          <p className="problem" id="existing-problem" role="alert">
            {load.error.message}
          </p>
        )}
      </form>
      {asksForKey && tried !== null && <OwnerKeyForm profile={tried} onLoaded={showFromTop} />}
    </div>
  );
}

function showFromTop(): void {
  document.getElementById('main')?.focus();
  globalThis.scrollTo({ top: 0 });
}
