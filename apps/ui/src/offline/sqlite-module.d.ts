/** SQLite's WebAssembly module, gzipped, as base64: see vite.offline.config.ts. */
declare module "virtual:sqlite-module" {
  const base64: string;
  export default base64;
}
