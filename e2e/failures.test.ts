import { afterEach, beforeEach, expect, test } from "vitest";
import { describeWith } from "./byte-equality.ts";
import { type InspectorProcess, startInspector, type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";
import { type HostProcess, type PeerProcess, startHost, startWorker } from "./peers/peer.ts";
import type { Report, Script } from "./peers/script.ts";
import { prepare, STACKS, type Toolchain } from "./peers/toolchains.ts";
import { readSession } from "./session-file.ts";
import { EVENT_STREAM } from "./traffic.ts";

/** A call that would go on for ever. */
const endless: Script = {
  parallel: false,
  calls: [
    {
      name: "endless",
      path: EVENT_STREAM,
      channel: "main",
      metadata: [],
      worker: [
        { do: "send", bytes: 1000 },
        { do: "receive", count: 1 },
        { do: "say", text: "under way" },
        { do: "receive", count: 1 },
      ],
      host: [{ do: "receive", count: 1 }, { do: "send", bytes: 2000 }, { do: "await-end" }],
    },
  ],
};

const toolchains = await Promise.all(STACKS.map((stack) => prepare(stack)));
const node = await prepare("node");

let state: TemporaryFolder;
beforeEach(() => {
  state = temporaryFolder();
});
afterEach(() => state.remove());

type Scene = { readonly host: HostProcess; readonly worker: PeerProcess; readonly inspector: InspectorProcess };

/** Runs `endless` until both sides have heard of each other, then `fail`; leaves nothing running. */
async function whileUnderWay(
  host: Toolchain,
  worker: Toolchain,
  fail: (scene: Scene) => Promise<void>,
): Promise<ReturnType<typeof readSession>> {
  const serving = await startHost(host, endless);
  try {
    const inspector = await startRecording(serving.port);
    try {
      const calling = startWorker(worker, endless, inspector.listen);
      try {
        await calling.said("under way");
        await fail({ host: serving, worker: calling, inspector });
      } finally {
        await calling.kill();
      }
      expect(await inspector.stop()).toBe(0);
      return readSession(inspector.session);
    } finally {
      inspector.process.kill("SIGKILL");
    }
  } finally {
    await serving.kill();
  }
}

async function startRecording(port: number): Promise<InspectorProcess> {
  return await startInspector(["--listen", "0", "--upstream", `127.0.0.1:${port}`, "--no-open"], state.path);
}

function expectLost({ streams }: ReturnType<typeof readSession>): void {
  expect(streams).toHaveLength(1);
  expect(streams[0]?.end).toMatchObject({ how: expect.stringMatching(/^(lost|reset)$/u) });
  expect(streams[0]?.end).not.toHaveProperty("grpcStatus");
}

function expectFailed({ status }: Report): void {
  expect(status?.code).not.toBe(0);
}

/** A port on which nobody listens: one that was free a moment ago may be some other test's by now. */
const DEAD_PORT = 1;

for (const toolchain of toolchains) {
  describeWith([toolchain], `a ${toolchain.stack} worker`, () => {
    test("is told which address refused, and what to check, where there is no host", async () => {
      const inspector = await startRecording(DEAD_PORT);
      try {
        const worker = startWorker(toolchain, endless, inspector.listen);
        await worker.done();
        expect(worker.reports()).toMatchObject([{ status: { code: 14 }, messages: [] }]);
        const message = worker.reports()[0]?.status?.message;
        expect(message).toContain(`127.0.0.1:${DEAD_PORT}`);
        expect(message).toContain("--upstream");
        expect(await inspector.stop()).toBe(0);
        const { connections, events } = readSession(inspector.session);
        expect(connections[0]?.reason).toContain(`127.0.0.1:${DEAD_PORT}`);
        expect(events.map(({ type }) => type)).toContain("upstream-failed");
      } finally {
        inspector.process.kill("SIGKILL");
      }
    });

    test("sees an error, never a clean end, when the host is killed", async () => {
      const session = await whileUnderWay(node, toolchain, async ({ host, worker }) => {
        await host.kill();
        expectFailed(await worker.reported("endless"));
      });
      expectLost(session);
    });

    test("sees an error, never a clean end, when the inspector is stopped", async () => {
      const session = await whileUnderWay(node, toolchain, async ({ inspector, worker, host }) => {
        expect(await inspector.stop()).toBe(0);
        expectFailed(await worker.reported("endless"));
        expect(await host.reported("endless")).toMatchObject({ cancelled: true });
      });
      expectLost(session);
    });
  });

  describeWith([toolchain], `a ${toolchain.stack} host`, () => {
    test("that is killed leaves its worker an error", async () => {
      const session = await whileUnderWay(toolchain, node, async ({ host, worker }) => {
        await host.kill();
        expectFailed(await worker.reported("endless"));
      });
      expectLost(session);
    });

    test("sees its call cancelled, never half-closed, when the worker is killed", async () => {
      const session = await whileUnderWay(toolchain, node, async ({ host, worker }) => {
        await worker.kill();
        expect(await host.reported("endless")).toMatchObject({ cancelled: true });
      });
      // grpcio answers a worker that is gone, with status 14; then that is how the call ended.
      const end = session.streams[0]?.end;
      expect(end?.how === "end" ? end.grpcStatus : 1).not.toBe(0);
    });
  });
}
