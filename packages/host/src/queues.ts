import { randomUUID } from "node:crypto";
import type { TypedData } from "@inspector/proto";
import type { HostJson } from "./app-settings.ts";
import type { EventSink } from "./events.ts";
import { type Environment, type FunctionInfo, settingOf } from "./functions.ts";
import { formatCause } from "./host-error.ts";
import type { TriggerInput } from "./invocation-request.ts";
import type { Invocation, InvocationOutcome } from "./invoker.ts";
import { isJsonObject, parseJson } from "./json.ts";
import { pause } from "./time-limit.ts";
import { bytesData, contentOf, jsonData, stringData, type TypedDataInit } from "./typed-data.ts";

/** A message that lives in the host: there is no storage behind it. */
export type QueueMessage = {
  readonly id: string;
  readonly content: Uint8Array;
  readonly insertedAt: Date;
  readonly dequeueCount: number;
};

const TIME_TO_LIVE = 7 * 24 * 60 * 60_000;
const INVISIBLE_FOR = 10 * 60_000;

/** The messages of a queue output: a list holds one each, everything else is one. */
export function queueContents(value: TypedData): Uint8Array[] {
  const parsed = value.data.case === "json" ? parseJson(value.data.value) : undefined;
  if (Array.isArray(parsed)) {
    return parsed.map((entry: unknown) => Buffer.from(typeof entry === "string" ? entry : JSON.stringify(entry)));
  }
  if (typeof parsed === "string") {
    return [Buffer.from(parsed)];
  }
  const content = contentOf(value);
  return content === undefined ? [] : [content.bytes];
}

/** What a queue trigger hands over: the message as text, its properties, and the members of a JSON object by name. */
export function createQueueInput(info: FunctionInfo, message: QueueMessage): TriggerInput {
  const text = Buffer.from(message.content).toString("utf8");
  const data = info.trigger.dataType === "binary" ? bytesData(message.content) : stringData(text);
  return {
    data,
    metadata: {
      QueueTrigger: stringData(text),
      DequeueCount: jsonData(message.dequeueCount),
      ExpirationTime: jsonData(formatTime(message.insertedAt.getTime() + TIME_TO_LIVE)),
      Id: stringData(message.id),
      InsertionTime: jsonData(formatTime(message.insertedAt.getTime())),
      NextVisibleTime: jsonData(formatTime(message.insertedAt.getTime() + INVISIBLE_FOR)),
      PopReceipt: stringData(Buffer.from(`${message.id}/${message.dequeueCount}`).toString("base64")),
      ...membersOf(text),
    },
  };
}

export function createQueueMessage(content: Uint8Array): QueueMessage {
  return { id: randomUUID(), content, insertedAt: new Date(), dequeueCount: 1 };
}

function membersOf(text: string): Record<string, TypedDataInit> {
  const parsed = parseJson(text);
  if (!isJsonObject(parsed)) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(parsed)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, typeof value === "object" ? jsonData(value) : stringData(formatMember(value))]),
  );
}

/** Text as .NET writes it: booleans begin with a capital. */
function formatMember(value: unknown): string {
  return typeof value === "boolean" ? (value ? "True" : "False") : String(value);
}

function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "+00:00");
}

type Consumer = { readonly info: FunctionInfo; readonly waiting: QueueMessage[]; running: number };

/**
 * Carries messages from queue outputs to queue triggers of the same app, `batchSize` at a time for each function.
 * One that fails is tried again until it was dequeued `maxDequeueCount` times, and then goes to `<queue>-poison`.
 */
export class QueueBroker {
  readonly #consumers = new Map<string, Consumer>();
  readonly #stop = new AbortController();
  readonly #context: {
    readonly settings: HostJson;
    readonly emit: EventSink;
    readonly invoke: (info: FunctionInfo, invocation: Invocation) => Promise<InvocationOutcome>;
  };

  constructor(
    functions: readonly FunctionInfo[],
    context: {
      readonly environment: Environment;
      readonly settings: HostJson;
      readonly emit: EventSink;
      readonly invoke: (info: FunctionInfo, invocation: Invocation) => Promise<InvocationOutcome>;
    },
  ) {
    this.#context = context;
    for (const info of functions) {
      const queue = settingOf(info.trigger, "queueName", context.environment);
      if (info.trigger.type.toLowerCase() === "queuetrigger" && !info.isDisabled && queue !== undefined) {
        this.#consumers.set(queue.toLowerCase(), { info, waiting: [], running: 0 });
      }
    }
  }

  put(queue: string, content: Uint8Array): void {
    this.#enqueue(queue, createQueueMessage(content));
  }

  stop(): void {
    this.#stop.abort();
  }

  #enqueue(queue: string, message: QueueMessage): void {
    const consumer = this.#consumers.get(queue.toLowerCase());
    if (consumer === undefined) {
      this.#log(`A message to queue ${queue} was dropped: no function of the app listens to it`);
      return;
    }
    consumer.waiting.push(message);
    this.#drain(queue, consumer);
  }

  #drain(queue: string, consumer: Consumer): void {
    while (consumer.running < this.#context.settings.batchSize && !this.#stop.signal.aborted) {
      const message = consumer.waiting.shift();
      if (message === undefined) {
        return;
      }
      consumer.running++;
      void this.#deliver(queue, consumer, message).finally(() => {
        consumer.running--;
        this.#drain(queue, consumer);
      });
    }
  }

  async #deliver(queue: string, { info }: Consumer, message: QueueMessage): Promise<void> {
    const { settings, invoke } = this.#context;
    for (let dequeueCount = 1; dequeueCount <= settings.maxDequeueCount; dequeueCount++) {
      const isDone = await invoke(info, {
        cause: `queue ${queue}`,
        prepare: () => createQueueInput(info, { ...message, dequeueCount }),
      }).then(
        ({ status }) => status === "Success",
        (cause: unknown) => {
          this.#log(`A message of queue ${queue} could not be delivered: ${formatCause(cause)}`);
          return false;
        },
      );
      if (isDone || this.#stop.signal.aborted) {
        return;
      }
      await pause(settings.visibilityTimeout, this.#stop.signal);
    }
    this.#log(`A message of queue ${queue} failed ${settings.maxDequeueCount} times and goes to ${queue}-poison`);
    this.#enqueue(`${queue}-poison`, createQueueMessage(message.content));
  }

  #log(message: string): void {
    if (!this.#stop.signal.aborted) {
      this.#context.emit({ kind: "log", level: "Warning", message });
    }
  }
}
