import { KIND } from "../content-kinds.ts";

/** Which message is about to be rewritten. Connections are the relay's own numbers, `stream` is HTTP/2's. */
export type RewriteHead = {
  /** Field number of StreamingMessage's content: {@link REWRITTEN_KINDS}. */
  readonly kind: number;
  readonly connection: number;
  readonly stream: number;
};

/**
 * Changes what a worker says before the host gets it: given a StreamingMessage of up to {@link MAX_REWRITTEN_BYTES}, it
 * returns the one to send instead, or undefined where it is to stay as it is. Until it has, what its sender says
 * after it in the stream waits.
 * What it throws is taken for undefined.
 */
export type Rewrite = (
  head: RewriteHead,
  message: Uint8Array,
) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/**
 * Whether {@link Rewrite} may change a StreamingMessage of one of {@link REWRITTEN_KINDS}. Those that it may not change go on in
 * the frames in which they came.
 */
export type IsRewritable = (message: Uint8Array) => boolean;

/** worker_init_response and function_environment_reload_response: where a worker says where its HTTP server is. */
export const REWRITTEN_KINDS: readonly number[] = [KIND.workerInitResponse, KIND.functionEnvironmentReloadResponse];

/** A larger one is left as it is: nobody declares an address at such length. */
export const MAX_REWRITTEN_BYTES = 1 << 20;
