/** SQLite's WebAssembly module, gzipped, as base64: see vite.offline.config.ts. */
declare module "virtual:sqlite-module" {
  const base64: string;
  export default base64;
}

/** Version of the inspector that this page belongs to: see vite.offline.config.ts. */
declare module "virtual:inspector-version" {
  const version: string;
  export default version;
}
