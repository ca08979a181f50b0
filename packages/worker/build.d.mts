/** Writes dist/worker.js (CommonJS, self-contained) and the package.json that says it is CommonJS; returns its path. */
export declare function buildWorker(): Promise<string>;
