/**
 * A thread in which Stremio's own core (the code of its web app) loads one `/stream` answer and posts the streams that it
 * takes. It believes that it runs in a web worker, and that the add-on's answers come from the network.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

const ADDON = 'http://addon.example/';
const TITLE = { type: 'movie', id: 'tt1254207' };
const MANIFEST = {
  id: 'org.example.addon',
  version: '1.0.0',
  name: 'Add-on',
  types: [TITLE.type],
  resources: ['stream'],
  idPrefixes: ['tt'],
  catalogs: [],
};
const body = String(workerData);

interface MetaDetails {
  readonly streams: readonly {
    readonly addon: { readonly manifest: { readonly id: string } };
    readonly content: { readonly type: string; readonly content?: unknown };
  }[];
}

class AnyScope {
  static [Symbol.hasInstance](): boolean {
    return true;
  }
}

Object.assign(globalThis, {
  self: globalThis,
  WorkerGlobalScope: AnyScope,
  app_version: 'test',
  shell_version: null,
  document: { baseURI: ADDON },
  get_location_hash: () => Promise.resolve(''),
  local_storage_get_item: () => Promise.resolve(null),
  local_storage_set_item: () => Promise.resolve(),
  local_storage_remove_item: () => Promise.resolve(),
  fetch: (request: Request) =>
    Promise.resolve(
      request.url.startsWith(`${ADDON}stream/`)
        ? new Response(body, { headers: { 'content-type': 'application/json' } })
        : new Response('{}', { status: 404 }),
    ),
});

// It looks for its scope while it loads.
const { default: core } = await import('@stremio/stremio-core-web');
const wasm = createRequire(import.meta.url).resolve(
  '@stremio/stremio-core-web/stremio_core_web_bg.wasm',
);
await core.default({ module_or_path: await readFile(wasm) });
await core.initialize_runtime(() => {
  const details = core.get_state('meta_details') as MetaDetails | null;
  const own = details?.streams.find(({ addon }) => addon.manifest.id === MANIFEST.id)?.content;
  if (own !== undefined && own.type !== 'Loading') parentPort?.postMessage(own.content ?? own.type);
});
const install = {
  transportUrl: `${ADDON}manifest.json`,
  manifest: MANIFEST,
  flags: { official: false, protected: false },
};
core.dispatch({ action: 'Ctx', args: { action: 'InstallAddon', args: install } }, null, '');
const paths = {
  metaPath: { resource: 'meta', ...TITLE, extra: [] },
  streamPath: { resource: 'stream', ...TITLE, extra: [] },
  guessStream: false,
};
core.dispatch({ action: 'Load', args: { model: 'MetaDetails', args: paths } }, 'meta_details', '');
