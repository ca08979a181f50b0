/** A session in which much happens that no figure may count as a worker's work, and what an export says of its invocations. */
import type { HoldRule, Holds, ReplayRun } from "@inspector/contract/intervention";
import type { MessagePage, WorkerInfo } from "@inspector/contract/page";
import { eventually } from "./eventually.ts";
import { askHub } from "./hub-api.ts";
import type { Exported, InspectorProcess } from "./inspector-process.ts";

/** An invocation, put together from exported messages. */
export type Call = {
  readonly id: number;
  readonly stream: number;
  readonly name: string;
  readonly isReplay: boolean;
  readonly isFailed: boolean;
  readonly isLost: boolean;
  readonly isDropped: boolean;
  readonly isAnsweredHere: boolean;
  readonly isAnswerHeld: boolean;
  readonly durationNs: number | null;
  /** Of its request, or else of its answer. */
  readonly heldNs: number | null;
  readonly size: number;
  readonly logs: number;
};

export function callsIn(lines: readonly Exported[]): Call[] {
  const known = new Map<string, Exported[]>();
  for (const line of lines) {
    if (line.invocationId !== "") {
      known.set(line.invocationId, [...(known.get(line.invocationId) ?? []), line]);
    }
  }
  return [...known.values()].map((messages): Call => {
    const request = messages.find(({ kind }) => kind === "invocation_request");
    const answer = messages.find(({ kind }) => kind === "invocation_response");
    const isDropped = request?.interventions.includes("dropped") === true;
    return {
      id: messages[0]?.seq ?? 0,
      stream: messages[0]?.stream ?? 0,
      name: request?.functionName ?? "",
      isReplay: request?.isReplay === true,
      isFailed: answer?.status === "Failure",
      // The recording is over: what is not answered now never will be.
      isLost: answer === undefined && !isDropped,
      isDropped,
      isAnsweredHere: answer?.interventions.includes("injected") === true && request?.isReplay !== true,
      isAnswerHeld: answer !== undefined && answer.heldNs !== null,
      durationNs: answer?.durationNs ?? null,
      heldNs: request?.heldNs ?? answer?.heldNs ?? null,
      size: (request?.size ?? 0) + (answer?.size ?? 0),
      logs: messages.filter(({ kind }) => kind === "rpc_log").length,
    };
  });
}

/** Calls, failures, holds, an answer in the worker's place, replays, and a worker that dies with two calls in its hands. */
export async function recordBusyTime(demo: InspectorProcess): Promise<void> {
  const hello = (name: string): Promise<unknown> => fetch(`${demo.http}/api/hello?name=${name}`).catch(() => undefined);
  const resize = (width: number): Promise<unknown> =>
    post("/admin/functions/resize", { picture: "alps.jpg", width, height: 6000 });
  function post(path: string, input: unknown): Promise<unknown> {
    const body = JSON.stringify({ input: JSON.stringify(input) });
    return fetch(`${demo.http}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body });
  }
  const holdNext = (order: object): Promise<HoldRule> =>
    askHub(demo, "POST", "/api/holds/rules", { functions: ["hello"], ...order });
  const seen = new Set<number>();
  /** Calls until one is held: a rule is there when the relay has got it, which takes a moment. */
  const heldCall = async (name: string): Promise<{ readonly id: number; readonly answered: Promise<unknown> }> => {
    for (;;) {
      let isAnswered = false;
      const answered = hello(name).then(() => {
        isAnswered = true;
      });
      const id = await eventually(async () => {
        const { held } = await askHub<Holds>(demo, "GET", "/api/holds");
        // One that was let go just now may still be listed.
        return held.find(({ id }) => !seen.has(id))?.id ?? (isAnswered && "answered");
      });
      if (typeof id === "number") {
        seen.add(id);
        return { id, answered };
      }
    }
  };
  const letGo = (id: number, action: string): Promise<unknown> =>
    askHub(demo, "POST", `/api/holds/${id}/release`, { action });
  const forget = (id: number): Promise<unknown> => askHub(demo, "DELETE", `/api/holds/rules/${id}`);

  for (const name of ["Ada", "Bob", "Cy", "Dee"]) {
    await hello(name);
  }
  await fetch(`${demo.http}/api/chatty?lines=30`);
  await resize(9000);

  const onTheWay = await holdNext({ from: "host" });
  const first = await heldCall("Held");
  await letGo(first.id, "release");
  await first.answered;
  const second = await heldCall("Dropped");
  await letGo(second.id, "drop");
  await forget(onTheWay.id);

  const back = await holdNext({ from: "worker" });
  const third = await heldCall("Late");
  await letGo(third.id, "release");
  await third.answered;
  await forget(back.id);

  const message = {
    invocationResponse: { result: { status: "Success" }, returnValue: { http: { statusCode: "418" } } },
  };
  const standIn = await holdNext({ from: "host", answer: { message, times: 1 } });
  await eventually(async () => (await fetch(`${demo.http}/api/hello?name=Answered`)).status === 418);
  await forget(standIn.id).catch(() => undefined);

  const source = await eventually(async () => {
    const { rows } = await askHub<MessagePage>(demo, "GET", "/api/messages?after=0&limit=1000");
    return rows.find(({ kind, functionName }) => kind === "invocation_request" && functionName === "hello");
  });
  const run = await askHub<ReplayRun>(demo, "POST", "/api/replays", {
    stream: source.stream,
    source: { seq: source.seq },
    times: 3,
  });
  await eventually(async () => (await askHub<ReplayRun>(demo, "GET", `/api/replays/${run.id}`)).state === "done");

  // A worker dies with two calls in its hands, and another one takes its place.
  const lost = [1, 2].map(() => fetch(`${demo.http}/api/slow?ms=60000`).catch(() => undefined));
  const dying = await eventually(async () => {
    const [worker] = await askHub<WorkerInfo[]>(demo, "GET", "/api/workers");
    return worker !== undefined && worker.inFlight === 2 && worker.process?.pid;
  });
  process.kill(dying, "SIGKILL");
  await Promise.all(lost);
  await eventually(async () => {
    const workers = await askHub<WorkerInfo[]>(demo, "GET", "/api/workers");
    return workers.length > 1 && workers.at(-1)?.stream.phase === "loaded";
  });
  await hello("Eve");
  await resize(9000);
  await second.answered;
  await eventually(async () => {
    const workers = await askHub<WorkerInfo[]>(demo, "GET", "/api/workers");
    return workers.at(-1)?.failures === 1 && workers.at(-1)?.inFlight === 0;
  });
}
