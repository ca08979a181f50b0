import { describe, expect, test } from "vitest";
import { expandVariables, formatCommandLine, formatWorkerArguments, splitCommandLine } from "./command-line.ts";

const tail = formatWorkerArguments({ workerId: "W", requestId: "R", host: "127.0.0.1", port: 4711 });

describe("the command line of a worker", () => {
  test("ends in both styles of arguments, in the host's order", () => {
    expect(tail).toBe(
      "--host 127.0.0.1 --port 4711 --workerId W --requestId R --grpcMaxMessageLength 2147483647 " +
        "--functions-uri http://127.0.0.1:4711/ --functions-worker-id W --functions-request-id R " +
        "--functions-grpc-max-message-length 2147483647",
    );
  });

  test("keeps a worker path with blanks in one piece and splits configured arguments at theirs", () => {
    const line = formatCommandLine({ executableArguments: ["--inspect --trace"], workerPath: "/a b/worker.js", tail });
    expect(splitCommandLine(line).slice(0, 4)).toEqual(["--inspect", "--trace", "/a b/worker.js", "--host"]);
  });

  test("has no worker path where the description gives none", () => {
    expect(splitCommandLine(formatCommandLine({ executableArguments: [], workerPath: "", tail }))[0]).toBe("--host");
  });
});

describe("splitting a command line", () => {
  test.each([
    ["a  b\tc", ["a", "b", "c"]],
    ['"a b" c', ["a b", "c"]],
    ['--x="a b"', ["--x=a b"]],
    ['""', [""]],
    ['a\\"b', ['a"b']],
    ['"C:\\dir\\\\" d', ["C:\\dir\\", "d"]],
    ["C:\\a\\b", ["C:\\a\\b"]],
    ["", []],
  ])("of %s gives %j", (line, expected) => {
    expect(splitCommandLine(line)).toEqual(expected);
  });
});

describe("a %NAME% in a path", () => {
  test("becomes the variable's value, or nothing", () => {
    expect(expandVariables("%JAVA_HOME%/bin/java%NONE%", { JAVA_HOME: "/opt/java" })).toBe("/opt/java/bin/java");
    expect(expandVariables("a%constructor%%__proto__%b", {})).toBe("ab");
  });
});
