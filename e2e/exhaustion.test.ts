/** What the system gives is used up: nobody reads stderr, no descriptor is left. The stream goes on. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type EchoScene, startEchoScene } from "./echo-scene.ts";
import { eventually } from "./eventually.ts";
import { exportSession } from "./inspector-process.ts";
import { readSession } from "./session-file.ts";

let scene: EchoScene | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    socket.destroy();
  }
  await scene?.end();
});

describe.skipIf(process.platform !== "linux")("nobody reads what the command prints on stderr", () => {
  test("it goes on, without a loop, and ends when it is told to", async () => {
    scene = await startEchoScene();
    const { inspector, state } = scene;
    const worker = scene.connect();
    await worker.roundTrips(20);
    inspector.process.stderr?.destroy();
    // Each death of a hub is worth a line.
    for (let kills = 0; kills < 3; kills++) {
      const pid = await eventually(() => inspector.hubPid());
      process.kill(pid, "SIGKILL");
      await eventually(() => inspector.hubPid() !== undefined && inspector.hubPid() !== pid);
      await worker.roundTrips(20);
    }
    const before = processorMs(inspector.process.pid);
    const startedAt = performance.now();
    await worker.roundTrips(200);
    const idleFrom = performance.now();
    while (performance.now() - idleFrom < 1_000) {
      await worker.roundTrips(1);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // A process in a loop uses all that it gets of a core.
    expect(processorMs(inspector.process.pid) - before).toBeLessThan((performance.now() - startedAt) / 2);
    worker.call.end();
    expect(await worker.status).toMatchObject({ code: 0 });
    expect(await inspector.stop()).toBe(0);
    const exported = await exportSession(inspector.session, state.path);
    expect(exported.filter(({ from }) => from === "worker").length).toBeGreaterThan(280);
    expect(readSession(inspector.session).events.filter(({ type }) => type.includes("fault"))).toEqual([]);
  });
});

describe.skipIf(process.platform === "win32")("no file descriptor is left", () => {
  test("who is connected goes on, it is said, and whoever comes once there are some again gets through", async () => {
    scene = await startEchoScene(160);
    const { inspector } = scene;
    const worker = scene.connect();
    await worker.roundTrips(20);
    const [host, port] = inspector.listen.split(":");
    for (let n = 0; n < 300; n++) {
      const socket = connect(Number(port), host);
      socket.on("error", () => {});
      sockets.push(socket);
      await Promise.race([once(socket, "connect"), once(socket, "close")]).catch(() => {});
      // A connection that says nothing yet may not have a descriptor towards the host.
      socket.write("PRI * HTTP/2.0\r\n\r\n");
    }
    await worker.roundTrips(100);
    await eventually(() => /descriptor/u.test(inspector.stderr()));
    for (const socket of sockets.splice(0)) {
      socket.destroy();
    }
    await eventually(async () => {
      const later = scene?.connect();
      return await later?.roundTrips(5).then(
        () => true,
        () => false,
      );
    });
    await worker.roundTrips(20);
    expect(await inspector.stop()).toBe(0);
  });
});

/** Processor time of all threads, in jiffies of 10 ms as every Linux that Node runs on counts them. */
function processorMs(pid = 0): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
