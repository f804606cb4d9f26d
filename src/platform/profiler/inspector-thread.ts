/** V8's inspector on the main thread, or through it on a thread of a pool. */
import { Session } from 'node:inspector';

export interface ThreadInfo {
  /** `main`, or the number of the thread. */
  readonly id: string;
  readonly title: string;
}

/** Sends a command of the inspector's protocol. */
type Post = (method: string, parameters?: object) => Promise<unknown>;

export interface InspectedThread extends AsyncDisposable {
  readonly post: Post;
}

export const MAIN_THREAD = 'main';

interface Attached {
  readonly sessionId: string;
  readonly workerInfo: { readonly workerId: string; readonly title: string };
}

/** Null when there is no such thread. */
export async function inspectThread(id: string): Promise<InspectedThread | null> {
  const session = new Session();
  session.connect();
  const post = postOf(session);
  const close = () => session.disconnect();
  if (id === MAIN_THREAD) return { post, [Symbol.asyncDispose]: () => Promise.resolve(close()) };
  const worker = (await attachAll(session, post)).find(
    ({ workerInfo }) => workerInfo.workerId === id,
  );
  if (worker !== undefined) return new WorkerThread(session, post, worker.sessionId);
  await post('NodeWorker.disable');
  close();
  return null;
}

/** The main thread, and those that live now. */
export async function listThreads(): Promise<readonly ThreadInfo[]> {
  const session = new Session();
  session.connect();
  const post = postOf(session);
  const workers = await attachAll(session, post);
  await post('NodeWorker.disable');
  session.disconnect();
  return [
    { id: MAIN_THREAD, title: 'event loop' },
    ...workers.map(({ workerInfo }) => ({ id: workerInfo.workerId, title: workerInfo.title })),
  ];
}

/** Workers announce themselves before the command is answered. */
async function attachAll(session: Session, post: Post): Promise<readonly Attached[]> {
  const workers: Attached[] = [];
  session.on('NodeWorker.attachedToWorker', ({ params }) => workers.push(params));
  await post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  return workers;
}

function postOf(session: Session): Post {
  return (method, parameters = {}) =>
    new Promise((resolve, reject) => {
      session.post(method, parameters, (error, result) => {
        if (error === null) resolve(result);
        else reject(new Error(`the inspector refuses ${method}: ${error.message}`));
      });
    });
}

class WorkerThread implements InspectedThread {
  readonly #session: Session;
  readonly #main: Post;
  readonly #sessionId: string;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #lastId = 0;

  constructor(session: Session, main: Post, sessionId: string) {
    this.#session = session;
    this.#main = main;
    this.#sessionId = sessionId;
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => this.#received(params));
  }

  readonly post: Post = async (method, params = {}) => {
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve) => this.#waiting.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await this.#main('NodeWorker.sendMessageToWorker', { sessionId: this.#sessionId, message });
    return answer;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#main('NodeWorker.disable').catch(() => undefined);
    this.#session.disconnect();
  }

  #received({ sessionId, message }: { readonly sessionId: string; readonly message: string }) {
    if (sessionId !== this.#sessionId) return;
    const { id, result }: { id?: number; result?: unknown } = JSON.parse(message);
    if (id === undefined) return;
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }
}
