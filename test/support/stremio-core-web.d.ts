/** The part of Stremio's core that the tests use; the package has no types of its own. */
declare module '@stremio/stremio-core-web' {
  interface CoreEvent {
    readonly name: string;
    readonly args: unknown;
  }
  interface Core {
    default(source: { readonly module_or_path: Uint8Array }): Promise<unknown>;
    initialize_runtime(emit: (event: CoreEvent) => void): Promise<unknown>;
    dispatch(action: unknown, field: string | null, locationHash: string): void;
    get_state(field: string): unknown;
  }
  const core: Core;
  export default core;
}
