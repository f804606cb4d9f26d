/** A request that asks for a WebSocket: what browsers cannot say in headers, they say as subprotocols. */
import { Exchange, type CompiledRoute, type ExchangeContext } from './exchange.ts';
import type { NativeRequest, NativeResponse, UpgradeContext } from './uws.ts';

/** What the opening handshake needs, and what says who asks. */
export const UPGRADE_HEADERS: readonly string[] = [
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
  'origin',
  'host',
];
/** Headers that may come as `NAME.BASE64URL` among the subprotocols. */
const SPOKEN = /^x-[a-z]+-key$/;

export class UpgradeExchange extends Exchange {
  /** Of the app that took the connection. */
  readonly upgradeContext: UpgradeContext;

  constructor(
    context: ExchangeContext,
    route: CompiledRoute,
    upgradeContext: UpgradeContext,
    response: NativeResponse,
    request: NativeRequest,
    startedAtMs: number,
  ) {
    super(context, route, 'GET', response, request, startedAtMs);
    this.upgradeContext = upgradeContext;
  }

  override header(lowerCaseName: string): string {
    const sent = super.header(lowerCaseName);
    return sent !== '' || !SPOKEN.test(lowerCaseName) ? sent : this.#spoken(lowerCaseName);
  }

  /** Subprotocols that the client offers, credentials among them. */
  get protocols(): readonly string[] {
    return super
      .header('sec-websocket-protocol')
      .split(',')
      .map((protocol) => protocol.trim());
  }

  #spoken(lowerCaseName: string): string {
    const prefix = `${lowerCaseName}.`;
    const protocol = this.protocols.find((one) => one.toLowerCase().startsWith(prefix)) ?? '';
    return Buffer.from(protocol.slice(prefix.length), 'base64url').toString();
  }
}
