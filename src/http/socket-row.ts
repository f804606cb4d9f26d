/** The open WebSockets of one row of the socket table: counted, capped, closed. */
import { addressGroup } from '../lib/address-group.ts';
import { AppError } from '../lib/errors.ts';
import type { OpenSocket } from './open-socket.ts';
import type { SocketRoute } from './socket-route.ts';

/** Codes that are counted by themselves: those of the standard that come by nature, and ours. */
const COUNTED_CODES: ReadonlySet<number> = new Set([
  1000, 1001, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 4003, 4008,
]);
/** Why an upgrade was refused for the number of sockets that are open. */
const CAPS = ['all', 'address', 'group'] as const;
type Cap = (typeof CAPS)[number];

export class SocketRow {
  readonly route: SocketRoute;
  /** No more are taken. */
  isDraining = false;
  received = 0;
  readonly closed = new Map<string, number>();
  readonly refused = new Map<Cap, number>(CAPS.map((cap) => [cap, 0]));
  readonly #open = new Set<OpenSocket>();
  readonly #byAddress = new Map<string, number>();
  readonly #byGroup = new Map<string, number>();

  constructor(route: SocketRoute) {
    this.route = route;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Before anything is done for the request. @throws AppError `socket.full`, `socket.too-many`, `server.draining` */
  check(clientAddress: string): void {
    if (this.isDraining) throw new AppError('server.draining', 'the server is stopping');
    const { socketsMax, socketsPerAddressMax } = this.route.limits;
    if (this.#open.size >= socketsMax)
      throw this.#full('all', 'as many WebSockets are open as this server takes');
    if ((this.#byAddress.get(addressGroup(clientAddress)) ?? 0) < socketsPerAddressMax) return;
    this.#count('address');
    throw new AppError(
      'socket.too-many',
      `at most ${socketsPerAddressMax} WebSockets may be open from one address`,
    );
  }

  /** @throws AppError `socket.full` */
  checkGroup(group: string): void {
    if ((this.#byGroup.get(group) ?? 0) < this.route.limits.socketsPerGroupMax) return;
    throw this.#full('group', 'as many WebSockets are open here as this server takes for one');
  }

  add(socket: OpenSocket): void {
    this.#open.add(socket);
    change(this.#byAddress, addressGroup(socket.clientAddress), 1);
    change(this.#byGroup, socket.listener.group, 1);
  }

  delete(socket: OpenSocket, code: number): void {
    if (!this.#open.delete(socket)) return;
    change(this.#byAddress, addressGroup(socket.clientAddress), -1);
    change(this.#byGroup, socket.listener.group, -1);
    change(this.closed, COUNTED_CODES.has(code) ? String(code) : 'other', 1);
  }

  /** The server stops: clients connect again, to another one. */
  endAll(): void {
    this.isDraining = true;
    for (const socket of this.#open) socket.end(1012, 'the server restarts: connect again');
  }

  #full(cap: Cap, message: string): AppError {
    this.#count(cap);
    return new AppError('socket.full', message);
  }

  #count(cap: Cap): void {
    this.refused.set(cap, (this.refused.get(cap) ?? 0) + 1);
  }
}

/** What falls to 0 is forgotten: a map holds no more keys than sockets are open. */
function change<K>(counts: Map<K, number>, key: K, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
