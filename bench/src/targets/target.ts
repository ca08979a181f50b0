/** Something that stands between the load generator and the echo server. */
export type Target = {
  readonly name: string;
  readonly port: number;
  /** Processes that forward. */
  readonly pids: readonly number[];
  readonly recorder?: Recorder;
  stop(): Promise<void>;
};

/** The part that records behind the one that forwards. */
export type Recorder = {
  readonly pid: number;
  /** The page's address with its token. */
  readonly link: string;
  state(): Promise<RecorderState>;
};

export type RecorderState = {
  /** Messages in the session. */
  readonly recorded: number;
  /** Bytes that were forwarded and are not in the session yet. */
  readonly behind: number;
};

/** Starts a target in front of the echo server at `upstream`, with `folder` for whatever it writes. */
export type StartTarget = (upstream: number, folder: string) => Promise<Target>;

/** Thrown where a program is not installed: the target is left out, and the table says so. */
export class NotInstalled extends Error {}
