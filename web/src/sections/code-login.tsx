/** Login by a code: the service's page takes the code, and its token comes into the form by itself. */
import { useCodeLogin, type CodeLogin as Login } from '../state/use-code-login.ts';
import type { Provider } from '../api/contract.ts';
import { changeThenFocus } from '../state/focus.ts';
import { useField } from '../state/use-field.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';

interface Props {
  /** Of the entry: `sps[1]`. */
  readonly path: string;
  readonly service: Provider;
  readonly name: string;
}

export function CodeLogin({ path, service, name }: Props) {
  const field = useField(`${path}.tk`);
  const { login, start, stop } = useCodeLogin(service.service, (token) => field.set(token));
  const buttonId = `${field.id}-code-login`;
  const cancel = () => changeThenFocus(stop, () => document.getElementById(buttonId));
  const isWaiting = login.step === 'waiting';
  return (
    <div className="code-login">
      {!isWaiting && (
        <button
          id={buttonId}
          type="button"
          className="button"
          aria-disabled={login.step === 'starting'}
          aria-label={`Log in to ${name} with a code`}
          onClick={start}
        >
          {login.step === 'starting' ? 'Getting a code…' : 'Log in with a code'}
        </button>
      )}
      {isWaiting && <Waiting login={login} service={service} onCancel={cancel} />}
      <p role="status" className="test-result">
        <Said login={login} name={name} />
      </p>
    </div>
  );
}

interface WaitingProps {
  readonly login: Extract<Login, { readonly step: 'waiting' }>;
  readonly service: Provider;
  readonly onCancel: () => void;
}

function Waiting({ login: { code, minutesLeft }, service, onCancel }: WaitingProps) {
  return (
    <div className="notice is-important" role="group" aria-label={`Login at ${service.name}`}>
      <p>
        Enter this code at{' '}
        <a href={code.verify_url} rel="noreferrer" target="_blank">
          {code.verify_url.replace(/^https?:\/\//, '')}
        </a>
        , and leave this page open.
      </p>
      <p className="login-code">{code.user_code}</p>
      <p className="hint">
        Good for {minutesLeft} more {minutesLeft === 1 ? 'minute' : 'minutes'}. The token fills
        itself in when you have confirmed.
      </p>
      <div className="add-row">
        <CopyButton label="Copy code" text={code.user_code} />
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </div>
  );
}

function Said({ login, name }: { readonly login: Login; readonly name: string }) {
  if (login.step === 'starting')
    return <span className="visually-hidden">Getting a code for {name}</span>;
  if (login.step === 'waiting')
    return <span className="visually-hidden">Your code is {login.code.user_code}</span>;
  if (login.step === 'done')
    return (
      <span className="test-works">
        <Icon name="check" />
        <span>Logged in: the token is filled in.</span>
      </span>
    );
  if (login.step === 'idle') return null;
  return (
    <span className="problem">
      <Icon name="alert" />
      <span>{login.message}</span>
    </span>
  );
}
