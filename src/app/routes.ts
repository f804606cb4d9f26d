/** THE route table: the rows of all features. Its golden copy is in the tests. */
import type { Feature } from '../features/feature.ts';
import type { Route } from '../http/route.ts';
import type { SocketRoute } from '../http/socket-route.ts';

/** THE socket table. */
export function socketTable(features: readonly Feature[]): readonly SocketRoute[] {
  return features.flatMap(({ sockets = [] }) => sockets);
}

/** @throws Error where two rows have one name: metrics and logs tell rows apart by it */
export function routeTable(features: readonly Feature[]): readonly Route[] {
  const rows = features.flatMap(({ routes = [] }) => routes);
  const names = new Set<string>();
  for (const { name } of rows) {
    if (names.has(name)) throw new Error(`two rows of the route table are called ${name}`);
    names.add(name);
  }
  return rows;
}
