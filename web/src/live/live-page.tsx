/** The page of a live stream and of its recording: picture, chat, bitrate. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState, type FormEvent } from 'react';
import { ApiError } from '../api/http.ts';
import { keepInstancePassword } from '../state/instance-password.ts';
import { readOfTab, writeOfTab } from '../state/browser-storage.ts';
import { ThemeToggle } from '../ui/theme-toggle.tsx';
import { BitrateChart } from './bitrate-chart.tsx';
import { Chat } from './chat.tsx';
import { liveStream, STREAM_ID, type LiveStream } from './live-api.ts';
import { Player } from './player.tsx';

const LOOK_EVERY_MS = 5000;
const PIECES_MAX = 60;
const OWNER_KEY = `sluice.live-owner.${STREAM_ID}`;
const STATUS_WORDS: Readonly<Record<LiveStream['status'], string>> = {
  created: 'Not on air',
  live: 'Live',
  ended: 'Recording',
};
const UNAUTHORIZED = 401;

export function LivePage() {
  const stream = useQuery({
    queryKey: ['live', STREAM_ID],
    queryFn: ({ signal }) => liveStream(signal),
    refetchInterval: LOOK_EVERY_MS,
    retry: false,
  });
  const { data, error, refetch } = stream;
  useEffect(() => {
    if (data !== undefined) document.title = `${data.title} · Sluice`;
  }, [data]);
  if (data !== undefined) return <Watched stream={data} />;
  return (
    <main className="live-page">
      <h1>{error === null ? 'Loading …' : 'This stream cannot be shown'}</h1>
      {error !== null && (
        <p className="problem" role="alert">
          {error.message}
        </p>
      )}
      {error instanceof ApiError && error.status === UNAUTHORIZED && (
        <KeyForm
          label="Password of the server"
          button="Open"
          onKey={(password) => {
            keepInstancePassword(password);
            void refetch();
          }}
        />
      )}
    </main>
  );
}

function Watched({ stream: { title, status, startedAt } }: { readonly stream: LiveStream }) {
  const [ownerKey, setOwnerKey] = useState(() => readOfTab(OWNER_KEY) ?? '');
  const [pieces, setPieces] = useState<readonly number[]>([]);
  const onPiece = useCallback((bitsPerSecond: number) => {
    setPieces((known) => [...known, bitsPerSecond].slice(-PIECES_MAX));
  }, []);
  const isPlayable = status !== 'created' || startedAt !== null;
  return (
    <>
      <header className="live-top">
        <h1>{title}</h1>
        <span className={`live-status is-${status}`} role="status">
          {STATUS_WORDS[status]}
        </span>
        <ThemeToggle />
      </header>
      <main className="live-page live-columns">
        <div className="live-main">
          {isPlayable ? (
            <Player title={title} isRecording={status === 'ended'} onPiece={onPiece} />
          ) : (
            <p className="live-waiting">The stream has not begun. The picture comes by itself.</p>
          )}
          <BitrateChart pieces={pieces} ownerKey={ownerKey} />
          <details className="live-owner">
            <summary>{ownerKey === '' ? 'I own this stream' : 'You own this stream'}</summary>
            <KeyForm
              label="Owner key"
              button={ownerKey === '' ? 'Use' : 'Replace'}
              onKey={(key) => {
                writeOfTab(OWNER_KEY, key);
                setOwnerKey(key);
              }}
            />
          </details>
        </div>
        <Chat ownerKey={ownerKey} isEnded={status === 'ended'} />
      </main>
    </>
  );
}

function KeyForm({
  label,
  button,
  onKey,
}: {
  readonly label: string;
  readonly button: string;
  readonly onKey: (key: string) => void;
}) {
  const [key, setKey] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onKey(key.trim());
    setKey('');
  };
  return (
    <form className="key-form" onSubmit={submit}>
      <label className="field">
        <span className="field-label">{label}</span>
        <input
          className="input"
          type="password"
          required
          autoComplete="off"
          value={key}
          onChange={({ target }) => setKey(target.value)}
        />
      </label>
      <button type="submit" className="button">
        {button}
      </button>
    </form>
  );
}
