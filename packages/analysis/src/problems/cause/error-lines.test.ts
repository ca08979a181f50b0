import { describe, expect, test } from "vitest";
import { errorNameOf, findError, lastLines } from "./error-lines.ts";
import { firstUserFrame } from "./user-frame.ts";

/** As printed by Node.js 20, Python 3.11, Java 17 and Go, shortened. */
const OUTPUT = {
  "Node.js, uncaught": `/app/a.js:1
function f(){ throw new TypeError("x is not a function"); }
              ^

TypeError: x is not a function
    at f (/app/src/a.js:1:21)
    at Module._compile (node:internal/modules/cjs/loader:1521:14)

Node.js v20.20.2`,
  "Node.js, a class of the app's own": `/app/f.js:1
class OrdersFailure extends Error{}; throw new OrdersFailure("late");
                                     ^

OrdersFailure [Error]: late
    at Object.<anonymous> (/app/f.js:1:44)`,
  "Node.js, a thrown text": `
/app/g.js:1
throw "text";
^
text
(Use \`node --trace-uncaught ...\` to show where the exception was thrown)

Node.js v20.20.2`,
  "Node.js, a file that cannot be parsed": `/app/e.js:7
const = 4;
      ^

SyntaxError: Unexpected token '='
    at wrapSafe (node:internal/modules/cjs/loader:1464:18)`,
  "Node.js, a missing module": `node:internal/modules/cjs/loader:1210
  throw err;
  ^

Error: Cannot find module 'express'
Require stack:
- /app/src/broken.cjs
    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
    at Object.<anonymous> (/app/src/broken.cjs:1:1) {
  code: 'MODULE_NOT_FOUND',
  requireStack: [ '/app/src/broken.cjs' ]
}

Node.js v20.20.2`,
  "Node.js, no memory": `
<--- Last few GCs --->

[17977:0x33d2aca0]      260 ms: Mark-Compact 30.0 (62.9) -> 30.0 (62.7) MB, 12.89 / 0.00 ms

<--- JS stacktrace --->

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

 1: 0xb78db3 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]`,
  "Python, chained": `Traceback (most recent call last):
  File "/app/b.py", line 3, in <module>
    1/0
    ~^~
ZeroDivisionError: division by zero

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/b.py", line 5, in <module>
    raise Broken("late")
  File "/usr/lib/python3.11/abc.py", line 9, in helper
    pass
Broken: late`,
  "Python, a file that cannot be parsed": `  File "/app/d.py", line 1
    def f(:
          ^
SyntaxError: invalid syntax`,
  Java: `OpenJDK 64-Bit Server VM warning: Options -Xverify:none and -noverify were deprecated in JDK 13
Exception in thread "main" java.lang.IllegalStateException: no orders
	at java.base/java.lang.Integer.parseInt(Integer.java:668)
	at com.acme.Orders.main(Orders.java:12)
Caused by: java.lang.NumberFormatException: For input string: "x"
	... 1 more`,
  "Java, an option": `Unrecognized option: --bogus
Error: Could not create the Java Virtual Machine.
Error: A fatal exception has occurred. Program will exit.`,
  "Java, a heap": `Invalid maximum heap size: -Xmx2q
Error: Could not create the Java Virtual Machine.
Error: A fatal exception has occurred. Program will exit.`,
  Go: `panic: assignment to entry in nil map

goroutine 1 [running]:
main.handler(...)
	/app/main.go:3
main.main()
	/app/main.go:4 +0x65`,
  ".NET": `Unhandled exception. System.InvalidOperationException: no orders
   at Acme.Orders.Main(String[] args) in /src/Acme/Orders.cs:line 8`,
} as const;

describe("the line that names the cause", () => {
  test.each<[keyof typeof OUTPUT, string, string | undefined, string | undefined]>([
    ["Node.js, uncaught", "TypeError: x is not a function", "TypeError", "app/src/a.js:1"],
    ["Node.js, a class of the app's own", "OrdersFailure [Error]: late", "OrdersFailure", "app/f.js:1"],
    ["Node.js, a thrown text", "text", undefined, undefined],
    ["Node.js, a file that cannot be parsed", "SyntaxError: Unexpected token '='", "SyntaxError", "app/e.js:7"],
    [
      "Node.js, no memory",
      "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
      undefined,
      undefined,
    ],
    ["Node.js, a missing module", "Error: Cannot find module 'express'", "Error", "app/src/broken.cjs:1"],
    ["Python, chained", "Broken: late", "Broken", "app/b.py:5"],
    ["Python, a file that cannot be parsed", "SyntaxError: invalid syntax", "SyntaxError", "app/d.py:1"],
    [
      "Java",
      'Exception in thread "main" java.lang.IllegalStateException: no orders',
      "java.lang.IllegalStateException",
      "Orders.java:12",
    ],
    ["Java, an option", "Unrecognized option: --bogus", undefined, undefined],
    ["Java, a heap", "Invalid maximum heap size: -Xmx2q", undefined, undefined],
    ["Go", "panic: assignment to entry in nil map", "panic", "app/main.go:3"],
    [
      ".NET",
      "Unhandled exception. System.InvalidOperationException: no orders",
      "System.InvalidOperationException",
      "src/Acme/Orders.cs:8",
    ],
  ])("of %s comes first in the excerpt", (name, line, error, place) => {
    const found = findError(OUTPUT[name].split("\n"));
    expect(found?.lines[0]).toBe(line);
    expect(found).toMatchObject({ line, isUncaught: true });
    expect(errorNameOf(line)).toBe(error);
    expect(firstUserFrame(found?.lines.join("\n") ?? "")).toBe(place);
  });

  test("is the runtime's last word and not an error that was printed before or behind it", () => {
    const lines = [
      "Error: a connection was lost, trying again",
      "FATAL ERROR: Committing semi space failed",
      "Error: the log could not be flushed",
    ];
    expect(findError(lines)).toMatchObject({ line: lines[1], isUncaught: true });
    expect(findError(["SEVERE: no config", "orders failed"])).toMatchObject({ line: "SEVERE: no config" });
  });

  test("is the newest among equals, and caught as far as anybody can tell", () => {
    const lines = ["TypeError: first", "    at a.js:1:1", "RangeError: second", "    at b.js:1:1"];
    expect(findError(lines)).toMatchObject({ line: "RangeError: second", isUncaught: false });
  });

  test("is none among what runtimes write at every start", () => {
    const lines = [
      OUTPUT.Java.split("\n")[0] ?? "",
      "Picked up JAVA_TOOL_OPTIONS: -Dx=Error",
      "(node:7) [DEP0040] DeprecationWarning: The `punycode` module is deprecated. Error handling",
      "Debugger listening on ws://127.0.0.1:9229/ Error",
      "listening",
    ];
    expect(findError(lines)).toBeUndefined();
    expect(lastLines(lines, 5)).toEqual(["listening"]);
  });
});

describe("the first frame of the user's own file", () => {
  test.each([
    [
      "    at Object.<anonymous> (/app/node_modules/pg/lib/pool.js:45:11)\n    at save (file:///app/dist/orders.mjs:9:3)",
      "app/dist/orders.mjs:9",
    ],
    ["    at async C:\\apps\\orders\\src\\index.ts:4:2", "orders/src/index.ts:4"],
    [
      '  File "/opt/venv/lib/python3.11/site-packages/azure_functions_worker/dispatcher.py", line 3\n  File "/app/function_app.py", line 12, in hello\n  File "/opt/venv/lib/python3.11/site-packages/requests/api.py", line 2',
      "app/function_app.py:12",
    ],
    ["at <ScriptBlock>, /home/site/wwwroot/Hello/run.ps1: line 3", "wwwroot/Hello/run.ps1:3"],
    ["    at node:internal/main/run_main_module:28:49", undefined],
    ["no stack at all", undefined],
  ])("%j", (stack, place) => {
    expect(firstUserFrame(stack)).toBe(place);
  });
});
