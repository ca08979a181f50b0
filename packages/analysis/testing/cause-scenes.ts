/**
 * Every known cause in words in which it is true, in words that look alike and have another cause, and in words that do not say enough for it.
 * They are those of runtimes and libraries, shortened.
 */
import type { CauseScene } from "../src/problems/cause/causes.ts";

/** Words, or all that is known, and what is said of it; undefined where nothing is. */
type Said = readonly [scene: string | CauseScene, says: string | undefined];

export type CauseScenes = { readonly isTrue: Said; readonly other: Said; readonly unclear: Said };

function scenes(isTrue: Said, other: Said, unclear: Said): CauseScenes {
  return { isTrue, other, unclear };
}

const OWN_CALL = `Error: 14 UNAVAILABLE: No connection established
    at callErrorFromStatus (/app/node_modules/@grpc/grpc-js/build/src/call.js:31:19)
    at async /opt/workers/node/dist/src/worker-bundle.js:2:1`;
const PROXIED = { http_proxy: "http://proxy:3128" };

export const CAUSE_SCENES: Readonly<Record<string, CauseScenes>> = {
  proxy: scenes(
    [
      "E Failed to connect to 127.0.0.1:7071 through proxy 10.0.0.1:3128 with status 403",
      "its gRPC connection went to an HTTP proxy",
    ],
    ["Error: connect ECONNREFUSED 10.0.0.1:3128", "nothing listened on 10.0.0.1:3128"],
    ["Error: 407 Proxy Authentication Required", undefined],
  ),
  "host-lost": scenes(
    [
      "Error: 14 UNAVAILABLE: Connection dropped\n    at t.callErrorFromStatus (/opt/workers/node/dist/src/worker-bundle.js:2:1)",
      "its stream to the host broke",
    ],
    [OWN_CALL, undefined],
    ["Error: 14 UNAVAILABLE: Connection dropped", undefined],
  ),
  "node-version": scenes(
    [
      "Incompatible Node.js version (v12.22.9). The version of the Azure Functions runtime you are using (v4) supports Node.js v14.x",
      "it needs another version of Node.js",
    ],
    [
      "Error [ERR_REQUIRE_ESM]: require() of ES Module /app/node_modules/got/index.js not supported.",
      "require() was given an ES module, which the Node.js that is there does not take",
    ],
    ["npm warn EBADENGINE Unsupported engine", undefined],
  ),
  "require-of-module": scenes(
    [
      "Error [ERR_REQUIRE_ESM]: require() of ES Module /app/node_modules/got/index.js from /app/a.js not supported.",
      "require() was given an ES module, which the Node.js that is there does not take",
    ],
    ["SyntaxError: Cannot use import statement outside a module", "a file of the app cannot be parsed (SyntaxError)"],
    ["ReferenceError: require is not defined in ES module scope", undefined],
  ),
  "native-node": scenes(
    [
      "Error: The module '/app/x.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 108. This version of Node.js requires\nNODE_MODULE_VERSION 115.",
      "a native module was built for another version of Node.js",
    ],
    [
      "Error: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by /app/x.node)",
      "it was built for a newer system library (GLIBC_2.38)",
    ],
    ["Error: Module did not self-register: '/app/x.node'.", undefined],
  ),
  "java-version": scenes(
    [
      "java.lang.UnsupportedClassVersionError: Boom has been compiled by a more recent version of the Java Runtime (class file version 65.0), this version of the Java Runtime only recognizes class file versions up to 61.0",
      "its classes need Java 21, and the worker runs on Java 17",
    ],
    ["java.lang.ClassNotFoundException: Boom", "the class Boom is not on the class path"],
    ["java.lang.UnsupportedClassVersionError: Boom (class file version 65.0)", "its classes need Java 21"],
  ),
  "dotnet-version": scenes(
    [
      "You must install .NET to run this application.\n\nArchitecture: x64",
      "the .NET that it was built for is not installed",
    ],
    [
      "Could not load file or assembly 'System.Runtime, Version=9.0.0.0'. The system cannot find the file specified.",
      "the assembly System.Runtime cannot be loaded",
    ],
    ["A fatal error was encountered. The required library libhostpolicy.so could not be found.", undefined],
  ),
  "system-version": scenes(
    [
      "./worker: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by ./worker)",
      "it was built for a newer system library (GLIBC_2.38)",
    ],
    [
      "./worker: error while loading shared libraries: libssl.so.3: cannot open shared object file: No such file or directory",
      "the system library libssl.so.3 is not installed",
    ],
    ["Error relocating ./worker: __res_init: symbol not found", undefined],
  ),
  executable: scenes(
    ["OSError: [Errno 8] Exec format error: './worker'", "this machine cannot run its executable"],
    ["Error: Cannot find module '/app/worker'", "the file /app/worker is missing"],
    ["PermissionError: [Errno 13] Permission denied: './worker'", undefined],
  ),
  "native-python": scenes(
    [
      "ImportError: cannot import name 'cygrpc' from 'grpc._cython'",
      "a native module was built for another version of Python",
    ],
    ["ModuleNotFoundError: No module named 'grpc'", "there is no Python module named grpc"],
    ["ImportError: /app/x.so: undefined symbol: order_total", undefined],
  ),
  "python-bytecode": scenes(
    [
      "ImportError: bad magic number in 'orders': b'o\\r\\r\\n'",
      "the compiled file of orders (.pyc) is of another version of Python",
    ],
    [
      "ImportError: /app/x.so: undefined symbol: _PyUnicode_Ready",
      "a native module was built for another version of Python",
    ],
    ["gzip.BadGzipFile: bad magic number", undefined],
  ),
  "shared-library": scenes(
    [
      "ImportError: libodbc.so.2: cannot open shared object file: No such file or directory",
      "the system library libodbc.so.2 is not installed",
    ],
    ["ModuleNotFoundError: No module named 'pyodbc'", "there is no Python module named pyodbc"],
    ["cannot open shared object file: No such file or directory", undefined],
  ),
  "java-heap": scenes(
    [
      "Invalid maximum heap size: -Xmx2q\nError: Could not create the Java Virtual Machine.",
      "its runtime refused its options (Invalid maximum heap size: -Xmx2q)",
    ],
    ["java.lang.OutOfMemoryError: Java heap space", "it ran out of memory"],
    ["Error: Could not create the Java Virtual Machine.", "its runtime refused its options"],
  ),
  "runtime-options": scenes(
    ["node: --bogus is not allowed in NODE_OPTIONS", "its runtime does not take the option --bogus"],
    [
      "Too small maximum heap size\nError: Could not create the Java Virtual Machine.",
      "its runtime refused its options (Too small maximum heap size)",
    ],
    ["backup: bad option: --bogus", undefined],
  ),
  "entry-point": scenes(
    ['No file matches "main" in package.json: "dist/*.js"', '"main" in package.json (dist/*.js) names no file'],
    ["Worker was unable to load entry point \"dist/a.js\": Cannot find module './b.js'", "the file ./b.js is missing"],
    ['Worker was unable to load entry point "dist/a.js": boom', undefined],
  ),
  "workers-python": scenes(
    [
      "ModuleNotFoundError: No module named 'azure_functions_worker'",
      "the python that started it does not have the worker's own package azure_functions_worker",
    ],
    ["ModuleNotFoundError: No module named 'azure.storage'", "there is no Python module named azure.storage"],
    ["ImportError: attempted relative import with no known parent package", undefined],
  ),
  "functions-library": scenes(
    ["Error: Cannot find module '@azure/functions'", "the package @azure/functions is not installed"],
    ["Error: Cannot find module '@azure/functions-extras'", "the package @azure/functions-extras is not installed"],
    ["TypeError: app.http is not a function", undefined],
  ),
  "missing-file": scenes(
    ["Error: Cannot find module '/app/dist/index.js'", "the file /app/dist/index.js is missing"],
    ["Error: Cannot find module 'dist'", "the package dist is not installed"],
    ["Error: ENOENT: no such file or directory, open '/app/orders.json'", undefined],
  ),
  "module-path": scenes(
    ["Error: Cannot find module 'express/lib/foo'", "there is no module express/lib/foo"],
    ["Error: Cannot find module '@acme/orders'", "the package @acme/orders is not installed"],
    [
      "Error [ERR_PACKAGE_PATH_NOT_EXPORTED]: Package subpath './lib/foo' is not defined by \"exports\" in /app/node_modules/express/package.json",
      undefined,
    ],
  ),
  "missing-package": scenes(
    [
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'express' imported from /app/a.mjs",
      "the package express is not installed",
    ],
    ["Error: Cannot find module './express'", "the file ./express is missing"],
    ["Error [ERR_UNKNOWN_BUILTIN_MODULE]: No such built-in module: node:sqlite", undefined],
  ),
  "python-module": scenes(
    ["ModuleNotFoundError: No module named 'requests'", "there is no Python module named requests"],
    [
      "ImportError: cannot import name 'get' from 'requests' (/app/requests.py)",
      "cannot import name 'get' from 'requests' (/app/requests.py)",
    ],
    ["AttributeError: module 'requests' has no attribute 'get'", undefined],
  ),
  "java-main": scenes(
    ["Error: Unable to access jarfile /opt/worker.jar", "Java cannot open /opt/worker.jar"],
    ["java.lang.ClassNotFoundException: com.acme.Main", "the class com.acme.Main is not on the class path"],
    ["no main manifest attribute, in worker.jar", undefined],
  ),
  "java-initializer": scenes(
    [
      "java.lang.NoClassDefFoundError: Could not initialize class com.acme.Orders",
      "a static initializer failed, that of com.acme.Orders",
    ],
    ["java.lang.NoClassDefFoundError: com/acme/Orders", "the class com.acme.Orders is not on the class path"],
    ["java.lang.ExceptionInInitializerError", "a static initializer failed"],
  ),
  "java-class": scenes(
    [
      'Exception in thread "main" java.lang.NoClassDefFoundError: com/google/gson/Gson',
      "the class com.google.gson.Gson is not on the class path",
    ],
    [
      "Error: Could not find or load main class com.acme.Main\nCaused by: java.lang.ClassNotFoundException: com.acme.Main",
      "Java cannot load the class com.acme.Main",
    ],
    ["java.lang.NoClassDefFoundError: orders (wrong name: com/acme/Orders)", undefined],
  ),
  "dotnet-assembly": scenes(
    [
      "System.IO.FileNotFoundException: Could not load file or assembly 'Acme.Orders, Version=1.0.0.0'.",
      "the assembly Acme.Orders cannot be loaded",
    ],
    ["You must install or update .NET to run this application.", "the .NET that it was built for is not installed"],
    ["System.TypeLoadException: Could not load type 'Acme.Orders'.", undefined],
  ),
  threads: scenes(
    [
      "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process/resource limits reached",
      "it could start no more threads",
    ],
    ["java.lang.OutOfMemoryError: Java heap space", "it ran out of memory"],
    ["BlockingIOError: [Errno 11] Resource temporarily unavailable", undefined],
  ),
  "out-of-memory": scenes(
    ["FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "it ran out of memory"],
    ["RuntimeError: can't start new thread", "it could start no more threads"],
    ["RangeError: Invalid array length", undefined],
  ),
  port: scenes(
    ["Error: listen EADDRINUSE: address already in use :::45871", "the port 45871 is in use"],
    ["Error: connect ECONNREFUSED 127.0.0.1:45871", "nothing listened on 127.0.0.1:45871"],
    [
      "Error: listen EADDRINUSE: address already in use /run/x9.sock",
      "an address that it wants to listen on is in use",
    ],
  ),
  unreachable: scenes(
    ["Error: connect ECONNREFUSED 127.0.0.1:5432", "nothing listened on 127.0.0.1:5432"],
    [
      "E Failed to connect to proxy 10.0.0.1:3128 with error connect ETIMEDOUT",
      "its gRPC connection went to an HTTP proxy",
    ],
    ["grpc.FutureTimeoutError", "it could not connect to something that it needs"],
  ),
  import: scenes(
    [
      "SyntaxError: The requested module './a.js' does not provide an export named 'order'",
      "an import asks for order, which its module does not export",
    ],
    ["Error: Cannot find module './a.js'", "the file ./a.js is missing"],
    ["TypeError: order is not a function", undefined],
  ),
  syntax: scenes(
    ["SyntaxError: Unexpected token '='", "a file of the app cannot be parsed (SyntaxError)"],
    [
      "SyntaxError: The requested module './a.js' does not provide an export named 'order'",
      "an import asks for order, which its module does not export",
    ],
    [`SyntaxError: Unexpected token '<', "<" is not valid JSON`, undefined],
  ),
  "no-node-modules": scenes(
    [{ text: "", missing: ["node_modules"] }, "the app names dependencies and has no node_modules"],
    [
      { text: "Error: Cannot find module 'express'", missing: ["node_modules"] },
      "the package express is not installed",
    ],
    [{ text: "", missing: [] }, undefined],
  ),
  "proxy-variables": scenes(
    [
      { text: "", variables: PROXIED, isUnconnected: true },
      "http_proxy is set and no_proxy does not name 127.0.0.1, so its gRPC library may have asked the proxy for the host",
    ],
    [
      { text: "HTTP proxy returned response code 403", variables: PROXIED, isUnconnected: true },
      "its gRPC connection went to an HTTP proxy",
    ],
    [{ text: "", variables: PROXIED }, undefined],
  ),
};
