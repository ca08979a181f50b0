import Module from "node:module";

const LOADER = "_load";

/**
 * Makes `require(name)` return `exports` in every CommonJS module of this process, packages of an ESM app included,
 * since those load their CommonJS dependencies through the same function.
 */
export function supplyModule(name: string, exports: object): void {
  const load: unknown = Reflect.get(Module, LOADER);
  if (typeof load !== "function") {
    throw new Error(`This version of Node.js has no Module.${LOADER}.`);
  }
  Reflect.set(Module, LOADER, function supplied(this: unknown, request: unknown, ...rest: unknown[]): unknown {
    return request === name ? exports : Reflect.apply(load, this, [request, ...rest]);
  });
}
