/** A worker and a host with the command between them: the host sends back whatever the worker says. */
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { connectRawWorker, type RawHost, type RawWorker, startRawHost } from "./grpc-pair.ts";
import { type InspectorProcess, startInspector, type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";

export type EchoScene = {
  readonly inspector: InspectorProcess;
  readonly state: TemporaryFolder;
  /** Another worker, on a connection of its own. */
  connect(): EchoWorker;
  /** Ends all that runs, however far it came. */
  end(): Promise<void>;
};

export type EchoWorker = RawWorker & {
  /** Sends numbered logs, one after the other, each when the one before has come back as it was. */
  roundTrips(count: number): Promise<void>;
};

/** @param descriptors that a process of the command may have open */
export async function startEchoScene(descriptors?: number): Promise<EchoScene> {
  const state = temporaryFolder();
  const host = await startRawHost((call) => {
    call.on("data", (bytes: Buffer) => call.write(bytes));
    call.on("error", () => {});
    call.on("end", () => call.end());
  });
  const args = ["--listen", "0", "--upstream", `127.0.0.1:${host.port}`];
  const inspector = await startInspector(args, state.path, {}, descriptors).catch((error: unknown) => {
    host.close();
    throw error;
  });
  const workers: EchoWorker[] = [];
  return {
    inspector,
    state,
    connect() {
      const worker = echoWorker(inspector.listen);
      workers.push(worker);
      return worker;
    },
    async end() {
      for (const worker of workers) {
        worker.close();
      }
      await endOf(inspector, host);
      state.remove();
    },
  };
}

function echoWorker(address: string): EchoWorker {
  const worker = connectRawWorker(address);
  let sent = 0;
  let onAnswer: (bytes: Buffer) => void = () => {};
  worker.call.on("data", (bytes: Buffer) => onAnswer(bytes));
  return {
    ...worker,
    async roundTrips(count) {
      for (let n = 0; n < count; n++) {
        const bytes = log(`${sent++} said`);
        const answer = new Promise<Buffer>((resolve) => {
          onAnswer = resolve;
        });
        worker.call.write(bytes);
        const ended = worker.status.then(({ code, details }): never => {
          throw new Error(`the call ended with ${code}: ${details}`);
        });
        if (!bytes.equals(await Promise.race([answer, ended]))) {
          throw new Error("what came back is not what was said");
        }
      }
    },
  };
}

function log(message: string): Buffer {
  return Buffer.from(
    encodeMessage(create(StreamingMessageSchema, { content: { case: "rpcLog", value: { message } } })),
  );
}

async function endOf(inspector: InspectorProcess, host: RawHost): Promise<void> {
  if (inspector.process.exitCode === null && inspector.process.signalCode === null) {
    inspector.process.kill("SIGKILL");
  }
  host.close();
}
