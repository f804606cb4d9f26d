/** The chat: a log that follows what comes while it is at its end, and a form. */
import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { Icon } from '../ui/icon.tsx';
import { readStored, writeStored } from '../state/browser-storage.ts';
import { deleteMessage, type ChatMessage } from './live-api.ts';
import { useChat, wordsOf } from './use-chat.ts';

interface Props {
  /** Who has it may take messages away; empty for viewers. */
  readonly ownerKey: string;
  /** After the end nothing is said any more. */
  readonly isEnded: boolean;
}

const NAME_KEY = 'sluice.chat-name';
const NAME_CHARS_MAX = 40;
const TEXT_CHARS_MAX = 500;
const NEAR_END_PX = 60;

export function Chat({ ownerKey, isEnded }: Props) {
  const { messages, viewers, isConnected, closed, say, forget } = useChat();
  const [problem, setProblem] = useState('');
  const log = useFollowed(messages.length);
  const title = useId();
  const remove = (id: number) => {
    deleteMessage(id, ownerKey).then(
      () => forget(id),
      (error: unknown) => setProblem(wordsOf(error)),
    );
  };
  return (
    <section className="live-chat" aria-labelledby={title}>
      <header>
        <h2 id={title}>Chat</h2>
        <span className="hint">
          {viewers === null ? '' : `${viewers} here`}
          {isConnected ? '' : ' connecting …'}
        </span>
      </header>
      <ol className="chat-log" role="log" aria-label="Messages" tabIndex={0} ref={log}>
        {messages.length === 0 && <li className="hint">Nobody has said anything yet.</li>}
        {messages.map((message) => (
          <Message key={message.id} message={message} onRemove={ownerKey === '' ? null : remove} />
        ))}
      </ol>
      {isEnded || closed !== '' ? (
        <p className="hint chat-closed">
          {closed || 'The stream has ended, and its chat with it.'}
        </p>
      ) : (
        <ChatForm say={say} onProblem={setProblem} />
      )}
      <p className="problem" role="alert">
        {problem}
      </p>
    </section>
  );
}

function Message({
  message: { id, author, text, created_at: at, owner = false },
  onRemove,
}: {
  readonly message: ChatMessage;
  readonly onRemove: ((id: number) => void) | null;
}) {
  return (
    <li>
      <p>
        <strong className={owner ? 'is-owner' : ''}>{author}</strong>{' '}
        <time className="hint" dateTime={at}>
          {new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}
        </time>
        <span className="chat-text">{text}</span>
      </p>
      {onRemove !== null && (
        <button
          type="button"
          className="button icon-only"
          aria-label={`Delete the message of ${author}`}
          onClick={() => onRemove(id)}
        >
          <Icon name="trash" />
        </button>
      )}
    </li>
  );
}

function ChatForm({
  say,
  onProblem,
}: {
  readonly say: (text: string, author: string) => Promise<void>;
  readonly onProblem: (problem: string) => void;
}) {
  const [author, setAuthor] = useState(() => readStored(NAME_KEY) ?? '');
  const [text, setText] = useState('');
  const [isSending, setSending] = useState(false);
  const nameId = useId();
  const textId = useId();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isSending || text.trim() === '') return;
    setSending(true);
    onProblem('');
    writeStored(NAME_KEY, author);
    try {
      await say(text, author);
      setText('');
    } catch (error) {
      onProblem(wordsOf(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <form className="chat-form" onSubmit={(event) => void submit(event)}>
      <label className="field-label" htmlFor={nameId}>
        Your name
      </label>
      <input
        id={nameId}
        className="input"
        value={author}
        required
        maxLength={NAME_CHARS_MAX}
        autoComplete="nickname"
        onChange={({ target }) => setAuthor(target.value)}
      />
      <label className="field-label" htmlFor={textId}>
        Message
      </label>
      <input
        id={textId}
        className="input"
        value={text}
        required
        maxLength={TEXT_CHARS_MAX}
        autoComplete="off"
        enterKeyHint="send"
        onChange={({ target }) => setText(target.value)}
      />
      <button type="submit" className="button primary" aria-disabled={isSending}>
        Send
      </button>
    </form>
  );
}

/** Whoever reads further up stays there. */
function useFollowed(count: number) {
  const log = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = log.current;
    if (element === null) return;
    const look = () => {
      const { scrollHeight, scrollTop, clientHeight } = element;
      isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    };
    element.addEventListener('scroll', look, { passive: true });
    return () => element.removeEventListener('scroll', look);
  }, []);
  useEffect(() => {
    if (isAtEnd.current && log.current !== null) log.current.scrollTop = log.current.scrollHeight;
  }, [count]);
  return log;
}
