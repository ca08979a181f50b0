import type { EndInfo } from "@inspector/contract/page";
import type { Database } from "@inspector/session/database";
import { inTransaction } from "@inspector/session/database";
import { createSessionBuilder } from "@inspector/session/testing/session-builder";
import { loadRecording, recordedProcesses, recordingNames } from "@inspector/testkit";
import { createConversation } from "@inspector/wire/conversation";
import type { Side } from "@inspector/wire/frames";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "vitest";
import { createProblems } from "./problems.ts";

type Ends = Map<number, { at: number; end: EndInfo }>;

/** How the one call of each connection ended, from its bytes. */
function endsOf(chunks: ReturnType<typeof loadRecording>["chunks"]): Ends {
  const ends: Ends = new Map();
  const conversations = new Map<number, ReturnType<typeof createConversation>>();
  let at = 0;
  for (const chunk of chunks) {
    at = chunk.at;
    const { conn } = chunk;
    let status: string | undefined;
    let conversation = conversations.get(conn);
    const note = (end: EndInfo): void => {
      if (!ends.has(conn)) {
        ends.set(conn, { at, end });
      }
    };
    if (conversation === undefined) {
      conversation = createConversation({
        streamOpened() {},
        message() {},
        goaway() {},
        unreadable() {},
        headers({ side, headers }) {
          if (side === "host") {
            status = headers.find(([name]) => name === "grpc-status")?.[1] ?? status;
          }
        },
        streamEnded({ by, how, code }) {
          if (how === "end" && by === "worker") {
            return;
          }
          note({
            by,
            how,
            ...(status !== undefined && { grpcStatus: Number(status) }),
            ...(code !== undefined && { code }),
          });
        },
      });
      conversations.set(conn, conversation);
    }
    if (chunk.bytes !== undefined) {
      conversation.push(chunk.from, chunk.bytes);
    }
    if (chunk.event === "error") {
      note({ by: chunk.from, how: "lost", ...(chunk.code !== undefined && { code: chunk.code }) });
    }
    if (chunk.event === "close") {
      note({ by: "relay", how: "lost" });
    }
  }
  return ends;
}

/** @param hasProcesses whether the launcher of the workers recorded them too */
function problemsOf(name: string, hasProcesses = false) {
  const recording = loadRecording(name);
  const database = new DatabaseSync(":memory:") as unknown as Database;
  const builder = createSessionBuilder(database);
  const streams = new Map<number, number>();
  const ends = endsOf(recording.chunks);
  inTransaction(database, () => {
    for (const { at, conn, from, bytes } of recording.messages) {
      const stream = streams.get(conn) ?? builder.stream(at);
      streams.set(conn, stream);
      builder.message(at, stream, from satisfies Side, bytes);
    }
    for (const [conn, { at, end }] of ends) {
      builder.endStream(at, streams.get(conn) ?? 0, end);
    }
    for (const { workerId, spawnedAt, exitedAt, code, signal, stderr } of hasProcesses ? recordedProcesses(name) : []) {
      builder.event(spawnedAt, "process-spawned", { workerId });
      for (const { at, text } of stderr) {
        builder.event(at, "process-output", { workerId, stream: "stderr", text });
      }
      builder.event(exitedAt, "process-exited", { workerId, code, signal });
    }
  });
  builder.commit();
  return createProblems(database).update();
}

/** "error failed-result httpThrow x60" for every problem, the worst first. */
function lines(name: string): string[] {
  return problemsOf(name).problems.map(({ severity, rule, functionName = "", count }) =>
    [severity, rule, functionName, count > 1 ? `x${count}` : ""].filter((part) => part !== "").join(" "),
  );
}
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  "node/big-messages": ["info large-message httpSwallow", "info large-message httpLarge"],
  "node/cancel": ["warning undeclared-message httpSlow x2", "warning unknown-cancel", "info unheeded-cancel httpSlow"],
  "node/clean-end-by-host": ["error lost-invocation httpSlow", "error clean-end"],
  "node/concurrency": ["error failed-result httpDelay x8"],
  "node/connection-lost": ["error lost-invocation httpSlow", "error connection-lost"],
  "node/crash-at-once": ["error lost-invocation httpSlow", "error lost-invocation httpCrash", "error connection-lost"],
  "node/crash-mid-invocation": [
    "error lost-invocation httpSlow",
    "error lost-invocation httpCrash",
    "error connection-lost",
  ],
  "node/crash-sigkill": ["error lost-invocation httpSlow", "error connection-lost"],
  "node/error-end-by-host": ["error lost-invocation httpSlow", "error error-end"],
  "node/exception-flood": [
    "error failed-result httpThrow x60",
    "error lost-invocation httpReject",
    "error connection-lost",
  ],
  "node/failing-load": [
    "error failed-result neverReached",
    "error failed-result neverReached",
    "warning failed-result",
    "warning failed-result goodOne",
    "warning failed-load-invoked goodOne",
    "warning failed-load-invoked neverReached",
  ],
  "node/http-stream": [
    "error failed-result streamThrow",
    "error failed-result streamOut",
    "warning lost-invocation streamOut",
    "info http-beside-stream",
  ],
  "node/legacy-function-json": [
    "error failed-result Broken",
    "error failed-result Broken",
    "warning failed-load-invoked Broken",
  ],
  "node/placeholder-specialization": ["error failed-result httpThrow"],
  "node/placeholder-to-http-stream": ["info http-beside-stream"],
  "node/replays": [
    "error failed-result httpHeaders",
    "error failed-result queueFlaky x3",
    "warning reused-invocation-id httpDelay",
  ],
  "node/small-chunks": [],
  "node/startup-and-invocations": [
    "error failed-result httpThrow x6",
    "error failed-result httpBadReturn",
    "error failed-result queueFlaky x2",
    "error failed-result blobSdk",
    "error failed-result genericValues x2",
    "error failed-result noSuchFunction",
    "warning late-log httpLateLog",
    "warning imprecise-integer httpWithInputs",
    "warning imprecise-integer queueOrders",
    "warning imprecise-integer sbMany",
    "warning imprecise-integer ehManyBinary",
    "warning imprecise-integer cosmosChanges",
    "warning imprecise-integer genericQueue",
    "warning imprecise-integer genericValues",
    "warning never-loaded-invoked noSuchFunction",
  ],
  "node/undeclared-kinds": [
    "warning undeclared-message",
    "warning undeclared-message",
    "warning undeclared-message",
    "warning wrong-direction",
    "warning wrong-direction",
    "warning unanswered-step",
    "warning unanswered-step",
    "info unused-kind",
    "info unused-kind",
    "info empty-message x2",
    "info unknown-fields",
    "info unused-kind",
  ],
  "node/wrong-worker-id": ["error unknown-worker-id"],
  "dotnet/dotnet-bad-requests": [
    "error missing-trace-context QueueReturn",
    "error failed-result QueueReturn x7",
    "error failed-result GetItem x2",
    "error failed-result Echo x6",
    "error failed-result QueueText",
    "error failed-result 999999999",
    "error failed-result",
    "error failed-result Work",
    "error failed-result Z",
    "error failed-result Z",
    "warning never-loaded-invoked 999999999",
    "warning reused-invocation-id QueueReturn",
    "warning duplicate-function QueueReturn",
    "warning failed-result QueueReturn",
    "warning duplicate-function Z",
    "warning undeclared-message",
    "warning undeclared-message",
    "warning undeclared-message",
    "warning unknown-cancel",
    "warning wrong-direction",
    "warning unanswered-step",
    "warning unanswered-step x2",
    "info log-without-invocation x4",
    "info unused-kind",
    "info unused-kind",
    "info empty-message",
    "info unknown-fields",
  ],
  "dotnet/dotnet-cancel": [
    "warning lost-invocation Slow",
    "info log-without-invocation x4",
    "info failed-result Slow x4",
    "info unheeded-cancel Slow x3",
    "info late-cancel Slow x2",
    "info failed-result Work x2",
  ],
  "dotnet/dotnet-concurrency": ["error failed-result Work x8", "info log-without-invocation x4"],
  "dotnet/dotnet-host-ends-stream": [
    "error clean-end",
    "error lost-invocation Slow",
    "error clean-end",
    "error lost-invocation Slow",
    "error error-end",
    "error lost-invocation Slow",
    "error reset-stream",
    "error lost-invocation Slow",
    "error connection-lost",
    "error lost-invocation Slow",
    "error connection-lost",
    "warning connection-lost",
    "info log-without-invocation x21",
  ],
  "dotnet/dotnet-startup-and-invocations": [
    "error failed-result FailHttp",
    "error failed-result QueueOrder",
    "error failed-result QueueFail x2",
    "info log-without-invocation x4",
  ],
  "kestrel/kestrel-dotnet": [
    "error failed-result FailHttp",
    "error failed-result QueueFail",
    "info log-without-invocation x4",
  ],
  "kestrel/kestrel-dotnet-error-end": [
    "error lost-invocation Slow",
    "error error-end",
    "info log-without-invocation x3",
  ],
  "kestrel/kestrel-dotnet-host-stops": ["warning connection-lost", "info log-without-invocation x3"],
  "kestrel/kestrel-dotnet-unknown-id": ["error unknown-worker-id", "info log-without-invocation x3"],
  "kestrel/kestrel-node": ["error failed-result httpThrow"],
  "kestrel/kestrel-node-error-end": ["error lost-invocation httpSlow", "error error-end"],
  "kestrel/kestrel-node-host-stops": ["warning connection-lost"],
  "kestrel/kestrel-node-unknown-id": ["error unknown-worker-id"],
};

test.each(recordingNames)("the problems of %s", (name) => {
  expect(lines(name)).toEqual(EXPECTED[name]);
});

const VERDICTS: Readonly<Record<string, readonly string[]>> = {
  "node/clean-end-by-host": [
    "invocation: The call of the node worker b30b4d29 was ended with OK, which workers take for the end of their work, while 1 invocation was in flight (httpSlow).",
  ],
  "node/connection-lost": [
    "invocation: The connection of the node worker 35aae467 closed while 1 invocation was in flight (httpSlow).",
  ],
  "node/crash-at-once": [
    "invocation: The connection of the node worker 2644edaa closed while 2 invocations were in flight (httpSlow, httpCrash).",
  ],
  "node/crash-mid-invocation": [
    "invocation: The connection of the node worker f26b8994 closed while 2 invocations were in flight (httpSlow, httpCrash).",
  ],
  "node/crash-sigkill": [
    "invocation: The connection of the node worker 8ee35ff5 closed while 1 invocation was in flight (httpSlow).",
  ],
  "node/error-end-by-host": [
    "invocation: The host ended the call of the node worker 43db86e6 with gRPC status 14 (UNAVAILABLE) while 1 invocation was in flight (httpSlow).",
  ],
  "node/exception-flood": [
    "invocation: The connection of the node worker 8c76811e closed while 1 invocation was in flight (httpReject).",
  ],
  "node/failing-load": [
    "index: The node worker 253cd965 did not start as it should: it could not list its functions: it failed to load src/functions/b-broken.js: SyntaxError: Unexpected token ')'.",
  ],
  "node/wrong-worker-id": [
    'start: The host does not know the worker id "9a38cdc7-5c24-4a2b-8f28-f41b02f98af5", so it ended the call with OK right after StartStream.',
  ],
  "dotnet/dotnet-host-ends-stream": [
    "invocation: The connection of the dotnet worker 42e18901 closed while 1 invocation was in flight (Slow).",
    "invocation: The connection of the dotnet worker e4094b6c closed while 1 invocation was in flight (Slow).",
    "invocation: The host cancelled the call of the dotnet worker 22ddb7a0 while 1 invocation was in flight (Slow).",
    "invocation: The host ended the call of the dotnet worker 903b91d6 with gRPC status 14 (UNAVAILABLE) while 1 invocation was in flight (Slow).",
    "invocation: The call of the dotnet worker 38a319fa was ended with OK, which workers take for the end of their work, while 1 invocation was in flight (Slow).",
    "idle: The call of the dotnet worker 22e50257 was ended with OK, which workers take for the end of their work, while nothing was in flight.",
  ],
  "kestrel/kestrel-dotnet-error-end": [
    "invocation: The host ended the call of the dotnet worker 07da09f7 with gRPC status 14 (UNAVAILABLE) while 1 invocation was in flight (Slow).",
  ],
  "kestrel/kestrel-dotnet-unknown-id": [
    'start: The host does not know the worker id "7d933576-b80f-4787-b64b-9829169da0d5", so it ended the call with OK right after StartStream.',
  ],
  "kestrel/kestrel-node-error-end": [
    "invocation: The host ended the call of the node worker 472e81e8 with gRPC status 14 (UNAVAILABLE) while 1 invocation was in flight (httpSlow).",
  ],
  "kestrel/kestrel-node-unknown-id": [
    'start: The host does not know the worker id "bca9eaea-1bff-40ec-b8a8-1a618dca145b", so it ended the call with OK right after StartStream.',
  ],
};

test.each(recordingNames.filter((name) => name !== "node/big-messages"))("the verdicts on %s", (name) => {
  const verdicts = problemsOf(name).verdicts.map(({ step, sentence }) => `${step}: ${sentence}`);
  expect(verdicts).toEqual(VERDICTS[name] ?? []);
});

/** With the first line of what they wrote, or logged, or answered. */
const WITH_PROCESSES: Readonly<Record<string, readonly string[]>> = {
  "node/clean-end-by-host": [
    "invocation: The node worker b30b4d29 exited with code 0 right after the host's side had ended the call with OK, while 1 invocation was in flight (httpSlow); after code 0 the host starts no other one. [sleeping]",
  ],
  "node/connection-lost": [
    "invocation: The node worker 35aae467 ended with exit code 1 while 1 invocation was in flight (httpSlow): its stream to the host broke. [Worker uncaught exception: Error: Error: 14 UNAVAILABLE: rea]",
  ],
  "node/crash-at-once": [
    "invocation: The node worker 2644edaa ended with exit code 1 while 2 invocations were in flight (httpSlow, httpCrash). [last words on stderr]",
  ],
  "node/crash-mid-invocation": [
    "invocation: The node worker f26b8994 ended with exit code 1 while 2 invocations were in flight (httpSlow, httpCrash). [last words on stderr]",
  ],
  "node/crash-sigkill": [
    "invocation: The node worker 8ee35ff5 was killed by SIGKILL while 1 invocation was in flight (httpSlow), by its host, by hand or by the system for lack of memory: nothing recorded says which. [sleeping]",
  ],
  "node/error-end-by-host": [
    "invocation: The host ended the call of the node worker 43db86e6 with gRPC status 14 (UNAVAILABLE) while 1 invocation was in flight (httpSlow); its process ended with exit code 1 9.5 ms later. [Worker uncaught exception: Error: Error: 14 UNAVAILABLE: ups]",
  ],
  "node/exception-flood": [
    "invocation: The node worker 8c76811e ended with exit code 1 while 1 invocation was in flight (httpReject): an uncaught Error. [Worker uncaught exception (learn more: https://go.microsoft.]",
  ],
  "node/failing-load": [
    "index: The node worker 253cd965 did not start as it should: it could not list its functions: it failed to load src/functions/b-broken.js: SyntaxError: Unexpected token ')'. [Worker was unable to load entry point \"src/functions/b-broke]",
  ],
  "node/wrong-worker-id": VERDICTS["node/wrong-worker-id"]?.map((verdict) => `${verdict} []`) ?? [],
  "dotnet/dotnet-host-ends-stream": [
    "invocation: The connection of the dotnet worker 42e18901 closed while 1 invocation was in flight (Slow); its process ended with exit code 0 5.02 s later. [slow: start, mode ignore]",
    "invocation: The connection of the dotnet worker e4094b6c closed while 1 invocation was in flight (Slow); its process ended with exit code 0 5.01 s later. [slow: start, mode ignore]",
    "invocation: The host cancelled the call of the dotnet worker 22ddb7a0 while 1 invocation was in flight (Slow); its process ended with exit code 0 5.02 s later. [slow: start, mode ignore]",
    "invocation: The host ended the call of the dotnet worker 903b91d6 with gRPC status 14 (UNAVAILABLE) while 1 invocation was in flight (Slow); its process ended with exit code 0 5.02 s later. [slow: start, mode ignore]",
    "invocation: The call of the dotnet worker 38a319fa was ended with OK, which workers take for the end of their work, while 1 invocation was in flight (Slow); its process ended with exit code 0 5.02 s later. [slow: start, mode ignore]",
    "idle: The call of the dotnet worker 22e50257 was ended with OK, which workers take for the end of their work, while nothing was in flight; its process ended with exit code 0 5.02 s later. []",
  ],
  "kestrel/kestrel-dotnet-error-end": [
    "invocation: The host ended the call of the dotnet worker 07da09f7 with gRPC status 14 (UNAVAILABLE) while 1 invocation was in flight (Slow); its process ended with exit code 0 2.5 s later. [slow: start, mode (null)]",
  ],
  "kestrel/kestrel-dotnet-unknown-id":
    VERDICTS["kestrel/kestrel-dotnet-unknown-id"]?.map((verdict) => `${verdict} []`) ?? [],
  "kestrel/kestrel-node-error-end": [
    "invocation: The host ended the call of the node worker 472e81e8 with gRPC status 14 (UNAVAILABLE) while 1 invocation was in flight (httpSlow); its process ended with exit code 1 7.67 ms later. [Worker uncaught exception: Error: Error: 14 UNAVAILABLE: ups]",
  ],
  "kestrel/kestrel-node-unknown-id":
    VERDICTS["kestrel/kestrel-node-unknown-id"]?.map((verdict) => `${verdict} []`) ?? [],
};

test.each(recordingNames.filter((name) => name !== "node/big-messages"))(
  "the verdicts on %s with its processes",
  (name) => {
    const verdicts = problemsOf(name, true).verdicts.map(
      ({ step, sentence, quote = "" }) => `${step}: ${sentence} [${quote.split("\n")[0]?.slice(0, 60)}]`,
    );
    expect(verdicts).toEqual(WITH_PROCESSES[name] ?? []);
  },
);

test("a failing load is quoted as the worker said it", () => {
  const { problems, verdicts } = problemsOf("node/failing-load");
  expect(problems.find(({ title }) => title.startsWith("The worker could not list its functions"))).toMatchObject({
    title: expect.stringMatching(/: .*\(src\/functions\/b-broken\.js:2\)$/u),
    consequence: "This host went on with the worker all the same; others end it.",
    quote: expect.stringContaining("SyntaxError"),
    evidence: [
      { label: "request", seq: 9 },
      { label: "function_metadata_response", seq: 12 },
    ],
  });
  expect(verdicts[0]?.quote).toContain('Worker was unable to load entry point "src/functions/b-broken.js"');
});
