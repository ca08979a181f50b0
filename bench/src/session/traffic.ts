/** Messages as two workers of a shop exchange them with their host: the same ones for the same seed. */
import { encodeMessage, messageFromJson } from "@inspector/proto";

export type Sent = {
  readonly at: number;
  /** 1 or 2. */
  readonly worker: number;
  readonly from: "host" | "worker";
  readonly bytes: Uint8Array;
};

/** proto3 JSON of a StreamingMessage. */
type Content = Readonly<Record<string, unknown>>;

const FUNCTIONS = [
  ["listOrders", "httpTrigger"],
  ["placeOrder", "httpTrigger"],
  ["orderStatus", "httpTrigger"],
  ["resizeImage", "queueTrigger"],
  ["sendInvoice", "queueTrigger"],
  ["syncStock", "timerTrigger"],
  ["trackShipment", "serviceBusTrigger"],
  ["importPrices", "blobTrigger"],
] as const;

const WORDS =
  "order customer invoice stock warehouse shipment parcel price discount basket payment refund label carrier address country colour shelf pallet supplier contract delivery return receipt".split(
    " ",
  );

/** Seeded, so that two runs measure the same session. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * About five messages an invocation: request, logs, answer.
 * @param perSecond how many messages a second of session time holds
 */
export function* traffic(count: number, perSecond: number, seed = 1): Generator<Sent> {
  const random = createRandom(seed);
  const step = 1e9 / perSecond;
  let at = 0;
  let sent = 0;
  const next = (worker: number, from: Sent["from"], content: Content): Sent => {
    sent += 1;
    at += step * (0.5 + random());
    const parsed = messageFromJson(content);
    if (!parsed.ok) {
      throw new Error(`${parsed.path}: ${parsed.reason}`);
    }
    return { at: Math.round(at), worker, from, bytes: encodeMessage(parsed.message) };
  };
  for (const worker of [1, 2]) {
    for (const [from, content] of startUp(worker)) {
      yield next(worker, from, content);
    }
  }
  while (sent < count) {
    const worker = random() < 0.6 ? 1 : 2;
    for (const [from, content] of invocation(random)) {
      yield next(worker, from, content);
    }
    if (random() < 0.01) {
      yield next(worker, "host", { workerStatusRequest: {} });
      yield next(worker, "worker", { workerStatusResponse: {} });
    }
  }
}

type Step = readonly [from: Sent["from"], content: Content];

function* startUp(worker: number): Generator<Step> {
  yield ["worker", { startStream: { workerId: `00000000-0000-4000-8000-00000000000${worker}` } }];
  yield ["host", { workerInitRequest: { hostVersion: "4.1037.0", capabilities: { MultiStream: "10" } } }];
  const workerMetadata = {
    runtimeName: worker === 1 ? "node" : "python",
    runtimeVersion: worker === 1 ? "20.20.2" : "3.13.1",
    workerVersion: "3.9.1",
  };
  const capabilities = { RpcHttpBodyOnly: "true", WorkerStatus: "true", TypedDataCollection: "true" };
  yield ["worker", { workerInitResponse: { result: SUCCESS, capabilities, workerMetadata } }];
  for (const [name, type] of FUNCTIONS) {
    const bindings = { [`${type}0123456789`]: { type, direction: "in" } };
    yield ["host", { functionLoadRequest: { functionId: name, metadata: { name, bindings } } }];
    yield ["worker", { functionLoadResponse: { functionId: name, result: SUCCESS } }];
  }
}

const SUCCESS = { status: "Success" };

function* invocation(random: () => number): Generator<Step> {
  const hex = (digits: number) => {
    const value = Math.floor(random() * 16 ** digits);
    return value.toString(16).padStart(digits, "0");
  };
  const number = (below: number) => Math.floor(random() * below);
  const word = () => WORDS[number(WORDS.length)] ?? "";
  const sentence = (words: number) => Array.from({ length: words }, word).join(" ");
  const [functionId, trigger] = FUNCTIONS[number(FUNCTIONS.length)] ?? FUNCTIONS[0];
  const invocationId = `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  const item = JSON.stringify({
    id: number(1e9),
    customer: `customer-${number(50_000)}`,
    note: sentence(8),
    lines: [1, 2].map(() => ({ sku: `SKU-${hex(6)}`, name: sentence(2), quantity: number(20) })),
  });
  const isHttp = trigger === "httpTrigger";
  const isFailed = random() < 0.03;
  yield [
    "host",
    {
      invocationRequest: {
        invocationId,
        functionId,
        inputData: [
          {
            name: `${trigger}0123456789`,
            data: isHttp ? { http: httpRequest(functionId, number, item) } : { json: item },
          },
        ],
        traceContext: { traceParent: `00-${hex(8)}${hex(8)}${hex(8)}${hex(8)}-${hex(8)}${hex(8)}-01` },
        ...(!isHttp && random() < 0.02 && { retryContext: { retryCount: 1, maxRetryCount: 3 } }),
      },
    },
  ];
  for (let log = 1 + number(4); log > 0; log -= 1) {
    const level = isFailed && log === 1 ? "Error" : random() < 0.05 ? "Warning" : "Information";
    const category = `${functionId}.Invocation`;
    yield ["worker", { rpcLog: { invocationId, category, level, message: `${sentence(5)} ${hex(6)}` } }];
  }
  const exception = {
    message: `no ${word()} ${hex(4)}`,
    stackTrace: `Error\n    at handler (/app/${functionId}.js:12:9)`,
  };
  const returnValue = { http: { statusCode: "200", body: { json: item } } };
  const answer = isFailed ? { result: { exception } } : { result: SUCCESS, ...(isHttp && { returnValue }) };
  yield ["worker", { invocationResponse: { invocationId, ...answer } }];
}

function httpRequest(functionId: string, number: (below: number) => number, body: string): Content {
  const isPost = functionId === "placeOrder";
  return {
    method: isPost ? "POST" : "GET",
    url: `https://shop.example/api/${functionId}/${number(100_000)}?page=${number(9)}`,
    nullableHeaders: {
      host: { value: "shop.example" },
      "user-agent": { value: "load/1.0" },
      "x-request-id": { value: String(number(1e9)) },
    },
    ...(isPost && { body: { string: body } }),
  };
}
