/** The same conversation of a host with real workers, with nothing between them and with the inspector. */
import { accountOf, type ConnectionAccount } from "./host-account.ts";
import { type HostedWorker, startScriptedHost } from "./host-script.ts";
import { type InspectorProcess, startInspector, temporaryFolder } from "./inspector-process.ts";
import { startTap, type Tap } from "./tap.ts";

type StartWorker = (workerId: string) => Promise<HostedWorker>;

export type Scene<Moment extends string> = {
  /** The folder of the app that the workers run. */
  readonly app: string;
  /**
   * What the host does, one thing after another. It yields the moments at which somebody else may do something, and does
   * the same whether anybody does or not.
   */
  readonly conversation: (startWorker: StartWorker) => AsyncGenerator<Moment, void>;
  /** What of a message is compared; all of it unless given. */
  readonly normalised?: (message: Uint8Array) => Uint8Array;
};

/** What somebody does at each of the moments. */
export type Actions<Moment extends string> = Readonly<Record<Moment, (inspector: InspectorProcess) => Promise<void>>>;

export type Run = {
  /** The host's connections. */
  readonly atHost: readonly ConnectionAccount[];
  /** The workers' connections: without anything in between they are the host's. */
  readonly atWorker: readonly ConnectionAccount[];
};

/** With nothing in between but the tap. */
export async function runUndisturbed<Moment extends string>(scene: Scene<Moment>): Promise<Run> {
  return await run(scene, async (tap) => ({ tap, act: async () => {}, close: async () => {} }));
}

/** With the inspector in between, and somebody at its page. */
export async function runInspected<Moment extends string>(
  scene: Scene<Moment>,
  actions: Actions<Moment>,
): Promise<Run> {
  return await run(scene, async (upstream) => {
    const state = temporaryFolder();
    const args = ["--listen", "0", "--upstream", upstream.address, "--no-open"];
    const inspector = await startInspector(args, state.path);
    const tap = await startTap(Number(inspector.listen.split(":").at(-1)));
    return {
      tap,
      act: (moment) => actions[moment](inspector),
      async close() {
        tap.close();
        await inspector.stop();
        state.remove();
      },
    };
  });
}

/** What stands before the tap that is in front of the host. */
type Between<Moment extends string> = {
  /** Where the workers connect to. */
  readonly tap: Tap;
  readonly act: (moment: Moment) => Promise<void>;
  readonly close: () => Promise<void>;
};

async function run<Moment extends string>(
  { app, conversation, normalised }: Scene<Moment>,
  putBetween: (upstream: Tap) => Promise<Between<Moment>>,
): Promise<Run> {
  const cleanUps: (() => Promise<void> | void)[] = [];
  try {
    const host = await startScriptedHost(app);
    cleanUps.push(host.close);
    const upstream = await startTap(host.port);
    cleanUps.push(upstream.close);
    const { tap, act, close } = await putBetween(upstream);
    cleanUps.push(close);
    for await (const moment of conversation((id) => host.startWorker(id, tap.address))) {
      await act(moment);
    }
    await Promise.all([upstream.allOver(), tap.allOver()]);
    const accountsOf = ({ connections }: Tap): ConnectionAccount[] =>
      connections.map((connection) => accountOf(connection, tap.address, normalised));
    return { atHost: accountsOf(upstream), atWorker: accountsOf(tap) };
  } finally {
    for (const cleanUp of cleanUps.reverse()) {
      await cleanUp();
    }
  }
}
