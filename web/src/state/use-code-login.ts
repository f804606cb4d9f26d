/** A login by a code, from its button to the token: asks as often as the service wants to be asked, until the code expires. */
import { useEffect, useRef, useState } from 'react';
import { pollCodeLogin, startCodeLogin } from '../api/calls.ts';
import type { LoginCode } from '../api/contract.ts';
import { ApiError } from '../api/http.ts';

export type CodeLogin =
  | { readonly step: 'idle' }
  | { readonly step: 'starting' }
  | { readonly step: 'done' }
  | { readonly step: 'waiting'; readonly code: LoginCode; readonly minutesLeft: number }
  | { readonly step: 'failed'; readonly message: string };

const EXPIRED = 'The code has expired. Get a new one.';
const MINUTE_MS = 60_000;

/** @param onToken told once, when the user has confirmed */
export function useCodeLogin(service: string, onToken: (token: string) => void) {
  const [login, setLogin] = useState<CodeLogin>({ step: 'idle' });
  const running = useRef<AbortController | null>(null);
  const stop = () => {
    running.current?.abort();
    running.current = null;
    setLogin({ step: 'idle' });
  };
  useEffect(() => () => running.current?.abort(), []);
  const start = () => {
    if (running.current !== null) return;
    const abort = new AbortController();
    running.current = abort;
    setLogin({ step: 'starting' });
    const show = (next: CodeLogin) => {
      if (!abort.signal.aborted) setLogin(next);
    };
    void logIn(service, show, abort.signal).then(({ token, ended }) => {
      if (abort.signal.aborted) return;
      running.current = null;
      if (token !== null) onToken(token);
      setLogin(ended);
    });
  };
  return { login, start, stop };
}

interface Ended {
  readonly token: string | null;
  readonly ended: CodeLogin;
}

/** Never rejects. */
async function logIn(
  service: string,
  show: (login: CodeLogin) => void,
  signal: AbortSignal,
): Promise<Ended> {
  try {
    const code = await startCodeLogin(service, signal);
    if (code.state === 'failed') return failed(code.message);
    return await waitFor(service, code, show, signal);
  } catch (error) {
    return failed(error instanceof Error ? error.message : 'The login failed.');
  }
}

async function waitFor(
  service: string,
  code: LoginCode,
  show: (login: CodeLogin) => void,
  signal: AbortSignal,
): Promise<Ended> {
  const expiresAtMs = Date.now() + code.expires_in_s * 1000;
  let pauseMs = code.poll_every_s * 1000;
  for (;;) {
    const leftMs = expiresAtMs - Date.now();
    if (leftMs <= 0) return failed(EXPIRED);
    show({ step: 'waiting', code, minutesLeft: Math.ceil(leftMs / MINUTE_MS) });
    await pause(Math.min(pauseMs, leftMs), signal);
    if (signal.aborted) return { token: null, ended: { step: 'idle' } };
    pauseMs = code.poll_every_s * 1000;
    try {
      const answer = await pollCodeLogin(service, code.device_code, signal);
      if (answer.state === 'done') return { token: answer.token, ended: { step: 'done' } };
      if (answer.state === 'failed') return failed(answer.message);
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 0 && error.status < 429)) throw error;
      pauseMs = Math.max(pauseMs, (error.retryAfterSeconds ?? 0) * 1000);
    }
  }
}

function failed(message: string): Ended {
  return { token: null, ended: { step: 'failed', message: sentence(message) } };
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return begun.endsWith('.') ? begun : `${begun}.`;
}

/** Resolves early when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
