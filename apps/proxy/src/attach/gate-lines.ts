/** What shims and `run` say to each other: one JSON object a line on a local socket. The shim bundles this file. */

export type GateAddress = { readonly host: string; readonly port: number };

export type FromShim =
  /** First, once. A host is about to have a worker. */
  | {
      readonly type: "hello";
      readonly language: string;
      /** As the host gave them. */
      readonly args: readonly string[];
      /** Set where it is a custom handler, which is told on its environment. */
      readonly handler?: HandlerPlace | undefined;
      readonly cwd: string;
      readonly pid: number;
      /** The host. */
      readonly parent: number;
      /** Names the network that the shim is in, where the system tells. */
      readonly network?: string | undefined;
      /** Variables with harmless values; see `harmless-variables.ts`. */
      readonly variables: Readonly<Record<string, string>>;
    }
  /** The worker runs. `argv` begins with its executable. */
  | { readonly type: "started"; readonly pid: number; readonly argv: readonly string[] }
  /** What the worker wrote, in base64, when it has been written on. */
  | { readonly type: "output"; readonly stream: OutputStream; readonly bytes: string }
  /** Bytes of output that were written on and not copied: `run` did not keep up. */
  | { readonly type: "left-out"; readonly stream: OutputStream; readonly bytes: number }
  /** Last. `failure` where it could not even be started. */
  | {
      readonly type: "exited";
      readonly code: number | null;
      readonly signal: string | null;
      readonly failure?: string;
    };

/** What a host tells a custom handler. */
export type HandlerPlace = {
  /** Where the host looks for it. */
  readonly port: number;
  readonly workerId: string;
  /** The app's folder. */
  readonly appRoot: string;
};

export type OutputStream = "stdout" | "stderr";

export type FromRun =
  /** Where the worker is to find its host; where a custom handler is to listen. `pipes` are named pipes for its output, if they could be made. */
  | { readonly type: "route"; readonly relay: GateAddress; readonly pipes?: readonly [stdout: string, stderr: string] }
  /** It is not recorded; the host's own address stays. */
  | { readonly type: "refused"; readonly reason: string }
  /** The recording ends, and the worker is to end, too. */
  | { readonly type: "end" };
