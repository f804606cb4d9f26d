/** Publishes to the WebSockets of one row: made by the feature, connected by the server once it listens. */

type Publish = (topic: string, message: Uint8Array) => void;

export class SocketTopics {
  #publish: Publish = () => undefined;

  /** Before it nobody can have joined. */
  connect(publish: Publish): void {
    this.#publish = publish;
  }

  /** To every socket of this process that joined, in order. @param message UTF-8 */
  publish(topic: string, message: Uint8Array): void {
    this.#publish(topic, message);
  }
}
