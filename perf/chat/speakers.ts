/** Those who write in a chat: so many that none is too fast. */
import { WebSocket } from 'undici';

export class Speakers implements Disposable {
  readonly #sockets: readonly WebSocket[];

  private constructor(sockets: readonly WebSocket[]) {
    this.#sockets = sockets;
  }

  static async open(url: string, count: number): Promise<Speakers> {
    const sockets = Array.from(
      { length: count },
      (_, at) =>
        new WebSocket(url, { headers: { 'x-forwarded-for': `10.0.${at >> 8}.${at & 255}` } }),
    );
    await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<void>((resolve, reject) => {
            socket.addEventListener('open', () => resolve());
            socket.addEventListener('error', () => reject(new Error(`no WebSocket at ${url}`)));
          }),
      ),
    );
    return new Speakers(sockets);
  }

  /** Says so many messages a second, in turn; each is when it was said. @returns how many */
  async speak(perS: number, seconds: number): Promise<number> {
    const startedAtMs = performance.now();
    let said = 0;
    while (performance.now() - startedAtMs < seconds * 1000) {
      const due = Math.floor(((performance.now() - startedAtMs) / 1000) * perS);
      for (; said < due; said++) {
        const text = (performance.timeOrigin + performance.now()).toFixed(2);
        const socket = this.#sockets[said % this.#sockets.length];
        socket?.send(JSON.stringify({ type: 'say', author: 'Ada', text }));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return said;
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.close();
  }
}
