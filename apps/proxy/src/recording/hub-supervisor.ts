/** Keeps a hub running beside a relay. What the hub does, or that it dies or hangs, never touches the relay. */
import type { ChildProcess } from "node:child_process";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { HubOptions } from "@inspector/hub/hub";
import type { HubCommand, HubReport } from "@inspector/hub/main";
import { AwakeTimer } from "@inspector/relay/awake-timer";
import type { DeskWatch } from "@inspector/relay/control";
import { isBusyProcess } from "@inspector/relay/process-identity";
import { HubDrain, type HubEnd } from "./hub-drain.ts";
import { HubNotices, STEADY_MS } from "./hub-notices.ts";
import { describeFailure, forkHub, startError } from "./hub-process.ts";

const FIRST_DELAY_MS = 50;
/** A hub that worked, or that somebody killed, is back soon. One that gives up before its first word does so again. */
const LONGEST_DELAY_MS = 1_000;
const LONGEST_DELAY_UNREADY_MS = 10_000;
const DELAY_FACTOR = 1.5;
/** An old session may have to be brought to today's format first. */
const START_LIMIT_MS = 60_000;
/** How long a hub that is ready may be without a line to the relay. */
const LINE_LIMIT_MS = 7_000;
/** So many times as long where it computes: a machine that does other things too gives it little time for a large message. */
const BUSY_LIMITS = 4;
const STOP_LIMIT_MS = 10_000;

export type HubSupervisorOptions = {
  /** The program to run as a process of its own; it takes a HubCommand and answers with HubReports. */
  readonly program: URL;
  readonly hub: HubOptions;
  /** Takes a line for the user. */
  readonly say: (line: string) => void;
  /** Takes what the hub writes to stderr. */
  readonly complain: (text: string) => void;
  /** In milliseconds; START_LIMIT_MS, LINE_LIMIT_MS and STOP_LIMIT_MS where they are absent. */
  readonly limits?: { readonly start?: number; readonly line?: number; readonly stop?: number };
};

type Running = { readonly process: ChildProcess; isReady: boolean; lines: number };

/**
 * Runs one hub process at a time, and another one when it ends.
 *
 * States, and what leaves them:
 * - `new`: `start()` leads to `starting`.
 * - `starting`: forked, and has not said "ready". Its word leads to `ready`; its end, a failed fork, or START_LIMIT_MS lead
 *   to `dead`, or, for the very first one, to `stopped` and an error.
 * - `ready`: it serves the page. Its end leads to `dead`; no answer, or LINE_LIMIT_MS without a line to the relay, to `silent`:
 *   BUSY_LIMITS times as long while it computes.
 * - `silent`: it runs but does not answer, and was killed. Its end leads to `dead`.
 * - `dead`: none runs. After a delay, longer each time, `starting`.
 * - `draining`: the relay has ended; a hub that ends or is silent now is still started again. All read, or nothing read
 *   for STALLED_LIMIT_MS or in MAX_FAILURES attempts, lead to `stopped`.
 * - `stopped`: for good.
 */
export class HubSupervisor {
  readonly #options: HubSupervisorOptions;
  readonly #notices: HubNotices;
  readonly #drain = new HubDrain();
  #state: "new" | "starting" | "ready" | "silent" | "dead" | "draining" | "stopped" = "new";
  #running: Running | undefined;
  #address: { readonly host: string; readonly port: number };
  #session: string;
  #delay = FIRST_DELAY_MS;
  #restart: NodeJS.Timeout | undefined;
  #steady: NodeJS.Timeout | undefined;
  readonly #lineLimit: AwakeTimer;
  /** Limits that have passed since it has no line. */
  #limitsPassed = 0;
  readonly #startLimit: AwakeTimer;
  #onFirst: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(options: HubSupervisorOptions) {
    this.#options = options;
    this.#notices = new HubNotices(options.say);
    const { start = START_LIMIT_MS, line = LINE_LIMIT_MS } = options.limits ?? {};
    this.#startLimit = new AwakeTimer(start, () => this.#giveUpStarting());
    this.#lineLimit = new AwakeTimer(line, () => this.#hasNoLine());
    this.#address = { host: options.hub.host, port: options.hub.port };
    this.#session = options.hub.session;
  }

  get state(): string {
    return this.#state;
  }

  /** Where the page is served; the same for every hub. */
  get address(): { readonly host: string; readonly port: number } {
    return this.#address;
  }

  /** The file that is recorded into: another one than at first, where that was lost. */
  get session(): string {
    return this.#session;
  }

  get pid(): number | undefined {
    return this.#running?.process.pid;
  }

  /**
   * Starts the first hub.
   * @param signal gives up on it
   * @throws {InspectorError} "ui-port-taken", "hub-failed": the first start failed, nothing runs then; or the signal's reason
   */
  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const started = new Promise<void>((resolve, reject) => {
      this.#onFirst = { resolve, reject };
    });
    const abort = (): void => this.#failFirst(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    process.on("exit", this.#killRunning);
    this.#fork();
    try {
      await started;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** What the relay hears of the hub's desk. A hub that is ready has a line to the relay, and answers on it. */
  readonly desks: DeskWatch = {
    up: (pid) => {
      if (this.#running !== undefined && pid === this.pid) {
        this.#running.lines++;
        this.#lineLimit.stop();
      }
    },
    down: (pid) => {
      if (this.#running !== undefined && pid === this.pid) {
        this.#running.lines--;
        this.#expectLine();
      }
    },
    // One that computes for long, or gets no processor, has until the limits of a lost line to dial again.
    silent: (pid) => {
      if (pid === this.pid && !isBusyProcess(pid)) {
        this.#silent();
      }
    },
  };

  #expectLine(): void {
    const isReady = this.#running?.isReady === true && (this.#state === "ready" || this.#state === "draining");
    if (isReady && this.#running?.lines === 0) {
      this.#limitsPassed = 0;
      this.#lineLimit.start();
    }
  }

  #hasNoLine(): void {
    this.#limitsPassed++;
    if (this.#limitsPassed < BUSY_LIMITS && this.pid !== undefined && isBusyProcess(this.pid)) {
      this.#lineLimit.start();
    } else {
      this.#silent();
    }
  }

  #silent(): void {
    if (this.#state === "ready") {
      this.#state = "silent";
    } else if (this.#state !== "draining" && this.#state !== "stopped") {
      return;
    }
    this.#notices.tell("the hub has stopped answering and is started again");
    this.#killRunning();
  }

  /** To be called once the relay has ended: waits until everything that it wrote is in the session, then ends the hub. */
  async finish(): Promise<HubEnd> {
    const wasStopped = this.#state === "stopped";
    this.#state = "draining";
    this.#drain.forgetDrained();
    if (!wasStopped) {
      await this.#drain.drained();
    }
    await this.stop();
    return this.#drain.end;
  }

  /** Ends the hub, whatever it is doing. */
  async stop(): Promise<void> {
    this.#state = "stopped";
    clearTimeout(this.#restart);
    clearTimeout(this.#steady);
    this.#notices.stop();
    this.#startLimit.stop();
    this.#lineLimit.stop();
    const running = this.#running;
    if (running !== undefined) {
      const ended = new Promise((resolve) => running.process.once("exit", resolve));
      const limit = setTimeout(this.#killRunning, this.#options.limits?.stop ?? STOP_LIMIT_MS);
      if (running.process.connected) {
        running.process.send({ type: "stop" } satisfies HubCommand, () => {});
      } else {
        this.#killRunning();
      }
      await ended;
      clearTimeout(limit);
    }
    process.off("exit", this.#killRunning);
  }

  readonly #killRunning = (): void => {
    this.#running?.process.kill("SIGKILL");
  };

  #fork(): void {
    const isDraining = this.#state === "draining";
    if (!isDraining) {
      this.#state = "starting";
    }
    let child: ChildProcess;
    try {
      child = forkHub(this.#options.program);
    } catch (error) {
      this.#ended(undefined, `could not be started (${describeFailure(error)})`);
      return;
    }
    if (child.pid === undefined) {
      // A process that could not be forked has no exit to wait for.
      child.once("error", (error) => this.#ended(undefined, `could not be started (${describeFailure(error)})`));
      return;
    }
    const running: Running = { process: child, isReady: false, lines: 0 };
    this.#running = running;
    child.on("error", () => {});
    child.once("exit", (code, signal) =>
      this.#ended(running, `ended (${signal ?? `exit code ${code}`})`, signal !== null),
    );
    child.on("message", (report: HubReport) => this.#take(running, report));
    child.stderr?.on("error", () => {}).on("data", (chunk: Buffer) => this.#options.complain(chunk.toString("utf8")));
    // A page that was open finds the hub where it was, under the name that --ui gave it.
    const command: HubCommand = {
      type: "start",
      ...this.#options.hub,
      session: this.#session,
      port: this.#address.port,
      isAgain: this.#onFirst === undefined,
    };
    child.send(command, () => {});
    this.#startLimit.start();
  }

  #take(running: Running, report: HubReport): void {
    if (running !== this.#running) {
      return;
    }
    switch (report.type) {
      case "ready":
        this.#ready(running, report);
        break;
      case "failed":
        this.#failFirst(startError(report, this.#options.hub));
        break;
      case "moved":
        this.#session = report.session;
        this.#options.say(report.message);
        this.#startsAgain(running);
        break;
      case "told":
        this.#options.say(report.message);
        break;
      case "progress":
        this.#notices.tellFault(report.fault);
        this.#drain.take(report);
    }
  }

  /** It goes on with another session, in the same process, and will say "ready" once more. */
  #startsAgain(running: Running): void {
    running.isReady = false;
    this.#lineLimit.stop();
    clearTimeout(this.#steady);
    if (this.#state === "ready") {
      this.#state = "starting";
      this.#startLimit.start();
    }
  }

  #ready(running: Running, { host, port }: { host: string; port: number }): void {
    running.isReady = true;
    this.#address = { host, port };
    this.#startLimit.stop();
    if (this.#state === "starting") {
      this.#state = "ready";
    }
    this.#expectLine();
    this.#notices.ready();
    this.#steady = setTimeout(() => {
      this.#notices.steady();
      this.#delay = FIRST_DELAY_MS;
    }, STEADY_MS).unref();
    this.#onFirst?.resolve();
    this.#onFirst = undefined;
  }

  #ended(running: Running | undefined, how: string, wasKilled = false): void {
    if (running !== this.#running) {
      return;
    }
    const wasReady = running?.isReady === true;
    const wasSilent = this.#state === "silent";
    this.#running = undefined;
    this.#startLimit.stop();
    this.#lineLimit.stop();
    clearTimeout(this.#steady);
    if (this.#state === "stopped") {
      return;
    }
    if (this.#onFirst !== undefined) {
      this.#failFirst(new InspectorError("hub-failed", `The hub ${how} before it was ready`));
      return;
    }
    if (this.#state !== "draining") {
      this.#state = "dead";
    }
    if (!wasSilent) {
      this.#notices.tell(`the hub ${how}${wasReady ? "" : " before it was ready"} and is started again`);
    }
    this.#restart = setTimeout(() => this.#fork(), this.#delay);
    this.#delay = Math.min(
      this.#delay * DELAY_FACTOR,
      wasReady || wasKilled ? LONGEST_DELAY_MS : LONGEST_DELAY_UNREADY_MS,
    );
  }

  #failFirst(error: Error): void {
    if (this.#onFirst === undefined) {
      return;
    }
    const { reject } = this.#onFirst;
    this.#onFirst = undefined;
    this.#killRunning();
    void this.stop().then(() => reject(error));
  }

  #giveUpStarting(): void {
    this.#failFirst(
      new InspectorError(
        "hub-failed",
        `The hub was not ready within ${(this.#options.limits?.start ?? START_LIMIT_MS) / 1000} s`,
      ),
    );
    this.#killRunning();
  }
}
