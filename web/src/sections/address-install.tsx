/** Settings in the install address: made anew with each change, with its size against the limit. */
import { ApiError } from '../api/http.ts';
import { useSealed } from '../api/queries.ts';
import { clearDraft } from '../state/draft.ts';
import { useEditor } from '../state/editor-store.ts';
import { showSecret } from '../state/load-secret.ts';
import { useOptions, useProblems } from '../state/page-context.ts';
import { InstallLinks } from './install-links.tsx';

export function AddressInstall() {
  const { limits } = useOptions();
  const { data, error, isCurrent } = useSealed();
  const isLegacy = useEditor(({ source }) => source?.kind === 'legacy');
  const hasProblems = useProblems().length > 0;
  if (error !== null) return <p className="notice is-problem">{addressProblem(error)}</p>;
  if (data === undefined)
    return (
      <p className="hint" role="status">
        Making the address…
      </p>
    );
  return (
    <>
      {isLegacy && (
        <p className="hint">
          The loaded address is of another server. The new one below is of this server.
        </p>
      )}
      <AddressSize chars={data.chars} charsMax={limits.tokenCharsMax} />
      <InstallLinks
        secret={data.encrypted_str}
        isReady={isCurrent && !hasProblems}
        onUse={() => keepAddress(data.encrypted_str)}
      />
    </>
  );
}

/** The page's own address holds what was installed: a reload opens that, and the draft has done its work. */
function keepAddress(secret: string): void {
  clearDraft();
  showSecret(secret);
}

function AddressSize({ chars, charsMax }: { readonly chars: number; readonly charsMax: number }) {
  return (
    <div className="size">
      <p id="install-size-text" role="status">
        <strong>{chars.toLocaleString('en')}</strong> of {charsMax.toLocaleString('en')} characters
        in the address
      </p>
      <meter
        className="meter"
        aria-label="Size of the install URL"
        min={0}
        max={charsMax}
        low={charsMax * 0.5}
        high={charsMax * 0.8}
        optimum={0}
        value={chars}
      />
    </div>
  );
}

function addressProblem(error: Error): string {
  if (error instanceof ApiError && error.code === 'config.invalid')
    return 'A setting has a mistake, so there is no address yet.';
  return error.message;
}
