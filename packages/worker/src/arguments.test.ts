import { describe, expect, test } from "vitest";
import { parseArguments } from "./arguments.ts";
import { WorkerError } from "./worker-error.ts";

const hostTail = (
  "--host 127.0.0.1 --port 41001 --workerId W1 --requestId R1 --grpcMaxMessageLength 2147483647 " +
  "--functions-uri http://127.0.0.1:41001/ --functions-worker-id W1 --functions-request-id R1 " +
  "--functions-grpc-max-message-length 2147483647"
).split(" ");

function codeOf(argv: readonly string[]): string {
  try {
    parseArguments(argv);
  } catch (error) {
    if (error instanceof WorkerError) {
      return `${error.code}: ${error.message}`;
    }
    throw error;
  }
  return "no error";
}

describe("parseArguments", () => {
  test("reads what a host passes", () => {
    expect(parseArguments(hostTail)).toEqual({
      target: "127.0.0.1:41001",
      workerId: "W1",
      requestId: "R1",
      maxMessageLength: 2147483647,
    });
  });

  test("the older five are enough", () => {
    expect(parseArguments(hostTail.slice(0, 10))).toEqual(parseArguments(hostTail));
  });

  test("the newer four are enough, and win", () => {
    expect(parseArguments(hostTail.slice(10))).toEqual(parseArguments(hostTail));
    expect(parseArguments([...hostTail.slice(0, 10), "--functions-uri", "http://relay:5/"]).target).toBe("relay:5");
  });

  test("the last of a repeated argument wins, so that a launcher can append", () => {
    expect(parseArguments([...hostTail, "--functions-uri=http://127.0.0.1:7000/"]).target).toBe("127.0.0.1:7000");
  });

  test("unknown arguments are ignored, with or without a value", () => {
    expect(parseArguments(["--trace", "--color", "always", ...hostTail, "extra"])).toEqual(parseArguments(hostTail));
  });

  test.each([
    [["--functions-uri", "http://[::1]:5000/"], "[::1]:5000"],
    [["--functions-uri", "http://host.docker.internal:5000"], "host.docker.internal:5000"],
    [["--functions-uri", "http://127.0.0.1/"], "127.0.0.1:80"],
    [["--host", "::1", "--port", "5000"], "[::1]:5000"],
  ])("%j is %s", (address, target) => {
    expect(parseArguments([...address, "--workerId", "w", "--requestId", "r"]).target).toBe(target);
  });

  test("without a length there is no limit", () => {
    expect(parseArguments(hostTail.slice(0, 8)).maxMessageLength).toBe(-1);
  });

  test.each([
    [[], "missing-argument: --functions-uri is missing"],
    [["--host", "127.0.0.1"], "missing-argument: --functions-uri is missing"],
    [["--functions-uri", "http://a:1/"], "missing-argument: --functions-worker-id is missing"],
    [["--functions-uri", "http://a:1/", "--workerId", "w"], "missing-argument: --functions-request-id is missing"],
    [
      ["--functions-uri", "https://a:1/"],
      'bad-argument: --functions-uri must start with http://, but is "https://a:1/"',
    ],
    [["--functions-uri", "nonsense"], 'bad-argument: --functions-uri is not an address: "nonsense"'],
    [
      ["--functions-uri", "http://a:1/", "--workerId", "w", "--requestId", "r", "--grpcMaxMessageLength", "much"],
      'bad-argument: --functions-grpc-max-message-length is not a number of bytes: "much"',
    ],
  ])("%j is refused", (argv, error) => {
    expect(codeOf(argv)).toBe(error);
  });
});
