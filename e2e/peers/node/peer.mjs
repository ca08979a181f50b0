// A scripted gRPC peer on grpc-js; README.md in the folder above says what it is told and what it answers.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, compressionAlgorithms, credentials, Metadata, Server, ServerCredentials } from "@grpc/grpc-js";

const OPTIONS = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc.max_metadata_size": 1 << 20,
  "grpc.use_local_subchannel_pool": 1,
};
const asIs = (bytes) => bytes;

function say(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function content({ base64 = "", bytes = 0, seed = 0 }) {
  const head = Buffer.from(base64, "base64");
  const block = Buffer.from(Array.from({ length: Math.min(bytes, 65521) }, (_, i) => i * 7 + (i >> 8) * 13 + seed));
  return Buffer.concat([head, bytes > 0 ? Buffer.alloc(bytes, block) : block]);
}

function toMetadata(pairs) {
  const metadata = new Metadata();
  for (const [key, value] of pairs) {
    metadata.add(key, key.endsWith("-bin") ? Buffer.from(value, "base64") : value);
  }
  return metadata;
}

function fromMetadata(metadata) {
  const keys = Object.keys(metadata?.getMap() ?? {}).filter((key) => key.startsWith("x-"));
  const text = (value) => (typeof value === "string" ? value : value.toString("base64"));
  return keys.sort().flatMap((key) => metadata.get(key).map((value) => [key, text(value)]));
}

/** What one side of a call has received. */
class Inbox {
  messages = [];
  isEnded = false;
  isFailed = false;
  #awaited = 0;
  #changed = () => {};

  add(message) {
    this.messages.push([message.length, createHash("sha256").update(message).digest("hex")]);
    this.#changed();
  }

  end(isFailed) {
    this.isEnded = true;
    this.isFailed ||= isFailed;
    this.#changed();
  }

  /** Waits for so many messages more; false where the other side ended before. */
  async receive(count) {
    this.#awaited += count;
    await this.#until(() => this.messages.length >= this.#awaited || this.isEnded);
    return this.messages.length >= this.#awaited;
  }

  /** Waits until the other side sends no more; false where that was not its wish. */
  async awaitEnd() {
    await this.#until(() => this.isEnded);
    return !this.isFailed;
  }

  async #until(isReached) {
    while (!isReached()) {
      await new Promise((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}

function host({ calls }) {
  const server = new Server(OPTIONS);
  const served = calls.filter((call) => call.host !== undefined);
  for (const path of new Set(served.map((call) => call.path))) {
    server.register(path, (call) => void answer(server, call, path, served), asIs, asIs, "bidi");
  }
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      throw error;
    }
    say({ port });
  });
  process.stdin.on("end", () => process.exit(0)).resume();
}

async function answer(server, call, path, served) {
  const [name] = call.metadata.get("x-call");
  const script = served.find((one) => one.name === name);
  const inbox = new Inbox();
  call.on("data", (message) => inbox.add(message));
  call.on("end", () => inbox.end(false));
  call.on("error", () => inbox.end(true));
  call.on("cancelled", () => inbox.end(true));
  let status = { code: 0, message: "", metadata: [] };
  for (const step of script.host) {
    let isGoing = true;
    if (step.do === "metadata") {
      call.sendMetadata(toMetadata(step.metadata));
    } else if (step.do === "send") {
      call.write(content(step));
    } else if (step.do === "receive") {
      isGoing = await inbox.receive(step.count);
    } else if (step.do === "await-end") {
      isGoing = await inbox.awaitEnd();
    } else if (step.do === "say") {
      say({ said: step.text });
    } else if (step.do === "sleep") {
      await sleep(step.count);
    } else if (step.do === "stop") {
      server.tryShutdown(() => {});
    } else if (step.do === "status") {
      status = step;
    } else {
      throw new Error(`no step of a host: ${step.do}`);
    }
    if (!isGoing) {
      break;
    }
  }
  const metadata = fromMetadata(call.metadata);
  const { messages } = inbox;
  if (!call.cancelled) {
    if (status.code === 0) {
      call.end(toMetadata(status.metadata));
    } else {
      call.emit("error", { code: status.code, details: status.message, metadata: toMetadata(status.metadata) });
    }
  }
  say({ call: name, path, messages, metadata, trailers: [], cancelled: call.cancelled });
}

async function worker({ parallel, calls }, address) {
  const clients = new Map();
  const running = [];
  for (const call of calls) {
    const key = `${call.channel} ${call.workerCompression ?? ""}`;
    const options = { ...OPTIONS, "grpc.default_compression_algorithm": compressionAlgorithms[call.workerCompression] };
    const client = clients.get(key) ?? new Client(address, credentials.createInsecure(), options);
    clients.set(key, client);
    const asked = ask(client, call);
    if (parallel) {
      running.push(asked);
    } else {
      await asked;
    }
  }
  await Promise.all(running);
  for (const client of clients.values()) {
    client.close();
  }
}

async function ask(client, script) {
  const metadata = toMetadata(script.metadata);
  metadata.set("x-call", script.name);
  const call = client.makeBidiStreamRequest(script.path, asIs, asIs, metadata);
  const inbox = new Inbox();
  const report = { call: script.name, messages: inbox.messages, metadata: [], trailers: [], status: undefined };
  call.on("metadata", (received) => {
    report.metadata = fromMetadata(received);
  });
  call.on("data", (message) => inbox.add(message));
  call.on("error", () => {});
  call.on("status", ({ code, details, metadata: trailers }) => {
    report.trailers = fromMetadata(trailers);
    report.status = { code, message: details };
    inbox.end(code !== 0);
  });
  for (const step of script.worker) {
    let isGoing = true;
    if (step.do === "send") {
      call.write(content(step));
    } else if (step.do === "receive") {
      isGoing = await inbox.receive(step.count);
    } else if (step.do === "half-close") {
      call.end();
    } else if (step.do === "cancel") {
      call.cancel();
    } else if (step.do === "say") {
      say({ said: step.text });
    } else if (step.do === "sleep") {
      await sleep(step.count);
    } else {
      throw new Error(`no step of a worker: ${step.do}`);
    }
    if (!isGoing) {
      break;
    }
  }
  await inbox.awaitEnd();
  say(report);
}

const [, , role, file, address] = process.argv;
const script = JSON.parse(readFileSync(file, "utf8"));
if (role === "host") {
  host(script);
} else {
  await worker(script, address);
}
