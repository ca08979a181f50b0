/** Hosts without functions. */
import {
  EMPTY_LIST,
  listed,
  MISSING_MODULE,
  SPAWNED,
  STARTED,
  TYPE_ERROR,
  type VerdictScenes,
  withLog,
} from "./scenes.ts";

/** As the official Node.js worker logs it. */
const NO_MAIN =
  'level=Warning category=System text="Worker was unable to load entry point \\"dist/*.js\\": Found zero files matching the supplied pattern"';
const UNLOADED =
  'level=Error category=System text="Worker was unable to load entry point \\"src/index.js\\": ORDERS_DB is not set\\nRequire stack"';

/** On Node.js 20 the official worker writes what its entry point throws, and leaves the list to the host. */
const THROWN = [
  'TypeError: Worker was unable to load entry point "index.js": Cannot read properties of null',
  "    at Object.<anonymous> (/app/index.js:1:6)",
];
const UNRESOLVED = [
  "Error: Worker was unable to load entry point \"index.js\": Cannot find module 'express'",
  "Require stack:",
  "- /app/index.js",
  "    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)",
];

export const FUNCTIONS: readonly VerdictScenes[] = [
  {
    name: "no functions at all",
    kind: "none-listed",
    isTrue: [
      listed(EMPTY_LIST, ...MISSING_MODULE),
      "The host has no functions: the node worker listed none and there is no function.json: the package express is not installed.",
    ],
    other: [
      `${listed(EMPTY_LIST)}\n7 ms host function_load_request function=hello\n9 ms worker function_load_response function=hello`,
      undefined,
    ],
    missing: [
      listed(EMPTY_LIST),
      "The host has no functions: the node worker listed none and there is no function.json; it wrote nothing about it.",
    ],
    quote: MISSING_MODULE.join("\n"),
    advice: /npm install/u,
  },
  {
    name: "a main that names no file",
    kind: "none-listed",
    isTrue: [
      withLog(listed(EMPTY_LIST), NO_MAIN),
      'The host has no functions: the node worker listed none and there is no function.json: "main" in package.json (dist/*.js) names no file.',
    ],
    other: [
      listed('status=Failure exception="No file matches \\"main\\" in package.json: \\"src/*.js\\""'),
      'The node worker w1 never became ready: it could not list its functions: "main" in package.json (src/*.js) names no file.',
    ],
    missing: [
      listed(EMPTY_LIST).replace(SPAWNED, ""),
      "The host has no functions: the node worker listed none and there is no function.json.",
    ],
    advice: /npm run build/u,
  },
  {
    name: "an app whose dependencies are not installed",
    kind: "none-listed",
    isTrue: [
      listed(EMPTY_LIST).replace("pid=7", 'pid=7 missing=["node_modules"]'),
      "The host has no functions: the node worker listed none and there is no function.json: the app names dependencies and has no node_modules.",
    ],
    other: [
      listed(EMPTY_LIST, "SyntaxError: Unexpected token").replace("pid=7", 'pid=7 missing=["node_modules"]'),
      "The host has no functions: the node worker listed none and there is no function.json: a file of the app cannot be parsed (SyntaxError).",
    ],
    missing: [
      listed(EMPTY_LIST, "starting"),
      "The host has no functions: the node worker listed none and there is no function.json.",
    ],
    advice: /npm install/u,
  },
  {
    name: "an app without folders for functions",
    kind: "no-folders",
    isTrue: [
      `${SPAWNED}\n${STARTED}\n4 ms worker worker_init_response runtime=python\n5 ms event host-indexed count=0`,
      "The host has no functions: the python worker lists none itself, and there is no function.json.",
    ],
    other: [
      `${SPAWNED}\n${STARTED}\n4 ms worker worker_init_response runtime=python\n5 ms event host-indexed count=0 rejected=[{"name":"hello","reason":"no trigger"}]`,
      "The host has no functions: the python worker lists none itself, and the host accepted none of those with a function.json.",
    ],
    missing: [
      `${SPAWNED}\n${STARTED}\n4 ms worker worker_init_response runtime=python\n60 s event relay-ended`,
      undefined,
    ],
    advice: /function_app\.py/u,
  },
  {
    name: "functions that the host leaves out",
    kind: "none-loaded",
    isTrue: [
      `${listed('json={"functionMetadataResults":[{"name":"hello"}]}')}\n7 ms event host-indexed count=0 rejected=[{"name":"hello","reason":"no trigger"}]`,
      "The host has no functions: the node worker listed 1 (hello), and none was loaded.",
    ],
    other: [
      listed("status=Failure exception=\"Cannot find package 'pg' imported from /app/x.mjs\""),
      "The node worker w1 never became ready: it could not list its functions: the package pg is not installed.",
    ],
    missing: [`${listed('json={"functionMetadataResults":[{"name":"hello"}]}')}\n7 s event gap reason=full`, undefined],
    quote: "hello: no trigger",
    advice: /Disabled/u,
  },
  {
    name: "an entry point that the worker could not load",
    kind: "none-listed",
    isTrue: [
      withLog(listed(EMPTY_LIST), UNLOADED),
      "The host has no functions: there is no function.json, and the node worker failed to load src/index.js: ORDERS_DB is not set.",
    ],
    other: [
      withLog(listed(EMPTY_LIST), 'level=Warning category=System text="the cache is cold"'),
      'The host has no functions: the node worker listed none and there is no function.json; it had logged "the cache is cold".',
    ],
    missing: [
      listed(EMPTY_LIST).replace(SPAWNED, ""),
      "The host has no functions: the node worker listed none and there is no function.json.",
    ],
    advice: /what the quote names/u,
  },
  {
    name: "an error written before an empty list",
    kind: "none-listed",
    isTrue: [
      listed("", ...TYPE_ERROR),
      'The host has no functions: the node worker listed none; it had written "TypeError: x is not a function" (app/src/a.js:1).',
    ],
    other: [listed("", "starting"), "The host has no functions: the node worker listed none."],
    missing: [listed(""), "The host has no functions: the node worker listed none; it wrote nothing about it."],
    advice: /"main" in the app/u,
  },
  {
    name: "functions of folders that the host does not accept",
    kind: "none-accepted",
    isTrue: [
      `${SPAWNED}\n${STARTED}\n4 ms worker worker_init_response runtime=python\n5 ms event host-indexed count=0 rejected=[{"name":"hello","reason":"no trigger"}]`,
      "The host has no functions: the python worker lists none itself, and the host accepted none of those with a function.json.",
    ],
    other: [
      `${SPAWNED}\n${STARTED}\n4 ms worker worker_init_response runtime=python\n5 ms event host-indexed count=0`,
      "The host has no functions: the python worker lists none itself, and there is no function.json.",
    ],
    missing: [`${SPAWNED}\n${STARTED}\n4 ms worker worker_init_response runtime=python`, undefined],
    quote: "hello: no trigger",
    advice: /left out/u,
  },
  {
    name: "an entry point that throws, which the worker writes and lists nothing",
    kind: "none-listed",
    isTrue: [
      listed(EMPTY_LIST, ...THROWN),
      "The host has no functions: there is no function.json, and the node worker failed to load index.js: TypeError: Cannot read properties of null.",
    ],
    other: [
      listed(EMPTY_LIST, "TypeError: Cannot read properties of null", "    at Object.<anonymous> (/app/index.js:1:6)"),
      'The host has no functions: the node worker listed none and there is no function.json; it had written "TypeError: Cannot read properties of null" (app/index.js:1).',
    ],
    missing: [
      listed(EMPTY_LIST),
      "The host has no functions: the node worker listed none and there is no function.json; it wrote nothing about it.",
    ],
    quote: THROWN.join("\n"),
    advice: /what the quote names/u,
  },
  {
    name: "an entry point whose import is not there",
    kind: "none-listed",
    isTrue: [
      listed(EMPTY_LIST, ...UNRESOLVED),
      "The host has no functions: there is no function.json, and the node worker failed to load index.js: Cannot find module 'express'.",
    ],
    other: [
      listed(EMPTY_LIST, ...MISSING_MODULE),
      "The host has no functions: the node worker listed none and there is no function.json: the package express is not installed.",
    ],
    missing: [
      listed(EMPTY_LIST, "starting"),
      "The host has no functions: the node worker listed none and there is no function.json.",
    ],
    advice: /npm install/u,
  },
];
