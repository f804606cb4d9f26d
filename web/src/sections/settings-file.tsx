/** Settings as a file: to keep, to move to another server, to give away. */
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { settingsFile } from '../lib/settings-file.ts';
import { configToSend } from '../lib/config.ts';
import { editorState } from '../state/editor-store.ts';
import { importSettings } from '../state/import-settings.ts';
import { useOptions } from '../state/page-context.ts';
import { Icon } from '../ui/icon.tsx';
import { Section } from '../ui/section.tsx';
import { Switch } from '../ui/switch.tsx';

export function SettingsFile() {
  return (
    <Section
      id="settings-file"
      title="Settings file"
      lede="A copy of your settings, to keep, to move to another server, or to give away."
    >
      <Export />
      <Import />
    </Section>
  );
}

function Export() {
  const { defaults, textPaths, addon } = useOptions();
  const [withCredentials, setWithCredentials] = useState(false);
  const [said, setSaid] = useState('');
  const save = () => {
    const { text, leftOut } = settingsFile(
      configToSend(editorState().config, defaults),
      textPaths,
      withCredentials,
    );
    download(`${fileName(addon.name)}-settings.json`, text);
    setSaid(savedText(leftOut));
  };
  return (
    <div className="stack">
      <Switch
        id="export-credentials"
        label="With the credentials that were typed here"
        checked={withCredentials}
        onChange={setWithCredentials}
        hint={
          withCredentials
            ? 'Whoever has the file can use your accounts. Stored credentials are not in it: this page does not know them.'
            : 'Tokens, passwords and keys are left out; addresses and user names of your own servers are in it.'
        }
      />
      <div className="add-row">
        <button type="button" className="button" onClick={save}>
          <Icon name="download" />
          Save settings as a file
        </button>
        <p role="status" className="hint grow">
          {said}
        </p>
      </div>
    </div>
  );
}

function savedText(leftOut: number): string {
  if (leftOut === 0) return 'Saved.';
  return `Saved without ${leftOut === 1 ? 'one credential' : `${leftOut} credentials`}, to be entered again where it is loaded.`;
}

function Import() {
  const { textPaths } = useOptions();
  const input = useRef<HTMLInputElement>(null);
  const load = useMutation({
    mutationFn: (file: File) => importSettings(file, textPaths),
    onSuccess: () => {
      document.getElementById('presets')?.focus({ preventScroll: true });
      document.getElementById('presets')?.scrollIntoView();
    },
  });
  const choose = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    const [file] = currentTarget.files ?? [];
    if (file !== undefined) load.mutate(file);
    // The same file, mended, can be chosen again.
    currentTarget.value = '';
  };
  return (
    <div className="part">
      <div className="add-row">
        <button
          type="button"
          className="button"
          aria-disabled={load.isPending}
          onClick={() => input.current?.click()}
        >
          <Icon name="upload" />
          Load settings from a file
        </button>
        <input
          ref={input}
          type="file"
          accept=".json,application/json"
          className="visually-hidden"
          tabIndex={-1}
          aria-label="Settings file"
          onChange={choose}
        />
        <p className="hint grow">Checked before anything changes, and it can be undone.</p>
      </div>
      {load.isError && (
        <p className="notice is-problem" role="alert">
          {load.error.message} Nothing was changed.
        </p>
      )}
    </div>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then; the URL would hold the text for as long as the page is open.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function fileName(addonName: string): string {
  return (
    addonName
      .toLowerCase()
      .replaceAll(/[^a-z\d]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'sluice'
  );
}
