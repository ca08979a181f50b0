/** The host's side of values in shared memory: puts inputs there, and takes and frees outputs at once. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeMessage, encodeMessage, messageFromJson, type StreamingMessage } from "@inspector/proto";
import { type Call, startRawHost } from "./grpc-pair.ts";
import type { Toolchain } from "./peers/toolchains.ts";

const WORKER = fileURLToPath(new URL("peers/python/shared_memory_worker.py", import.meta.url));
const HEADER_BYTES = 9;

/** The environment in which host, worker and inspector look for maps in this folder. */
export function sharingIn(root: string): Record<string, string> {
  return { FUNCTIONS_UNIX_SHARED_MEMORY_DIRECTORIES: root, FUNCTIONS_WORKER_SHARED_MEMORY_DATA_TRANSFER_ENABLED: "1" };
}

export type SharingHost = {
  readonly port: number;
  /** Kinds of all that the host was told, in order. */
  readonly heard: readonly string[];
  /** Resolves when the worker has started and loaded the function. */
  readonly ready: Promise<void>;
  /** @returns the output's content */
  invoke(content: Uint8Array): Promise<Buffer>;
  /** Maps that nobody freed. */
  maps(): string[];
  close(): void;
};

/** @param root the folder of {@link sharingIn} */
export async function startSharingHost(root: string): Promise<SharingHost> {
  const folder = join(root, "AzureFunctions");
  mkdirSync(folder, { recursive: true });
  const heard: string[] = [];
  const answers = new Map<string, (content: Buffer) => void>();
  const inputs = new Map<string, string>();
  let call: Call | undefined;
  let setReady = (): void => {};
  const ready = new Promise<void>((resolve) => {
    setReady = resolve;
  });
  const tell = (message: unknown): void => {
    const parsed = messageFromJson(message);
    if (!parsed.ok) {
      throw new Error(parsed.reason);
    }
    call?.write(Buffer.from(encodeMessage(parsed.message)));
  };

  function hear({ content }: StreamingMessage): void {
    heard.push(content.case ?? "");
    switch (content.case) {
      case "startStream":
        return tell({ workerInitRequest: { hostVersion: "4.1", functionAppDirectory: "/app" } });
      case "workerInitResponse":
        return tell({ functionLoadRequest: { functionId: "f-1", metadata: FUNCTION } });
      case "functionLoadResponse":
        return setReady();
      case "invocationResponse": {
        const { invocationId, outputData } = content.value;
        rmSync(join(folder, inputs.get(invocationId) ?? ""));
        const maps = outputData.flatMap(({ rpcData }) => (rpcData.case === "rpcSharedMemory" ? [rpcData.value] : []));
        const [output = Buffer.alloc(0)] = maps.map(({ name }) => readFileSync(join(folder, name)));
        tell({ closeSharedMemoryResourcesRequest: { mapNames: maps.map(({ name }) => name) } });
        return answers.get(invocationId)?.(output.subarray(HEADER_BYTES));
      }
      default:
    }
  }

  const server = await startRawHost((opened) => {
    call = opened;
    opened.on("error", () => {});
    opened.on("data", (bytes: Buffer) => {
      const decoded = decodeMessage(bytes);
      if (decoded.ok) {
        hear(decoded.message);
      }
    });
  });
  return {
    port: server.port,
    heard,
    ready,
    invoke(content) {
      const invocationId = randomUUID();
      const name = randomUUID();
      const header = Buffer.alloc(HEADER_BYTES, 1);
      header.writeBigInt64LE(BigInt(content.length), 1);
      writeFileSync(join(folder, name), Buffer.concat([header, content]));
      inputs.set(invocationId, name);
      const rpcSharedMemory = { name, count: String(content.length), type: "bytes" };
      const inputData = [{ name: "in", rpcSharedMemory }];
      const answer = new Promise<Buffer>((resolve) => answers.set(invocationId, resolve));
      tell({ invocationRequest: { invocationId, functionId: "f-1", inputData } });
      return answer;
    },
    maps: () => readdirSync(folder),
    close: server.close,
  };
}

const FUNCTION = {
  name: "backwards",
  directory: "/app",
  bindings: { in: { type: "blob", direction: "in" }, out: { type: "blob", direction: "out" } },
};

/** The worker's command line up to the arguments that a host gives it. */
export function sharingWorker({ command }: Toolchain): string[] {
  return [command?.[0] ?? "python3", WORKER];
}

/** Starts it as a host would. */
export function startSharingWorker(toolchain: Toolchain, address: string, root: string) {
  const [host = "", port = ""] = address.split(":");
  const [program = "", ...args] = sharingWorker(toolchain);
  const given = ["--host", host, "--port", port, "--workerId", "w-1", "--requestId", "r-1"];
  const child: ChildProcess = spawn(program, [...args, ...given], {
    stdio: ["ignore", "inherit", "pipe"],
    env: { ...process.env, ...sharingIn(root) },
  });
  return async (): Promise<void> => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) {
      await once(child, "exit");
    }
  };
}
