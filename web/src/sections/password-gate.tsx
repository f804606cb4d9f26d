/** Asks for the password of a private server, before anything else can be shown. */
import { useMutation } from '@tanstack/react-query';
import { useId, useState, type SubmitEvent } from 'react';
import { ApiError } from '../api/http.ts';
import { unlock } from '../api/queries.ts';

/** Whether the server answers this page's questions with a password only. */
export function needsPassword(error: Error): boolean {
  return error instanceof ApiError && error.code.startsWith('access.');
}

export function PasswordGate() {
  const id = useId();
  const [text, setText] = useState('');
  const enter = useMutation({ mutationFn: unlock });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    enter.mutate(text.trim());
  };
  const isKnownWrong = !enter.isPending && enter.isError;
  return (
    <main id="main" className="single">
      <h1>This server is private</h1>
      <p>Its operator has a password for it (API_PASSWORD). Enter it to set the add-on up.</p>
      <form className="stack" onSubmit={submit}>
        <div className="add-row">
          <div className="field grow">
            <label className="field-label" htmlFor={id}>
              Password
            </label>
            <input
              id={id}
              className="input"
              type="password"
              value={text}
              autoComplete="current-password"
              spellCheck={false}
              aria-invalid={isKnownWrong || undefined}
              aria-describedby={isKnownWrong ? `${id}-problem` : undefined}
              onChange={({ target }) => setText(target.value)}
            />
          </div>
          <button
            type="submit"
            className="button primary"
            disabled={text.trim() === '' || enter.isPending}
          >
            Continue
          </button>
        </div>
        {isKnownWrong && (
          <p className="problem" id={`${id}-problem`} role="alert">
            {textOf(enter.error)}
          </p>
        )}
      </form>
    </main>
  );
}

function textOf(error: Error): string {
  if (!(error instanceof ApiError)) return error.message;
  if (error.code === 'access.wrong-key') return 'That is not the password of this server.';
  if (error.code !== 'access.locked') return error.message;
  const minutes = Math.ceil((error.retryAfterSeconds ?? 60) / 60);
  return `Too many wrong passwords came from your address. Try again in ${minutes} min.`;
}
