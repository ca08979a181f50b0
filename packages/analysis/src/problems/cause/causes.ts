/** What is known to make workers fail, told from their own last words. */

/** What a cause is looked for in. */
export type CauseScene = {
  /** The worker's last words, or the exception in its answer. */
  readonly text: string;
  /** What is known of the process's environment. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What the app's folder is known to lack: "node_modules". */
  readonly missing?: readonly string[];
  /** The process never reached its host. */
  readonly isUnconnected?: boolean;
};

/** `says` ends a sentence behind a colon; `advice` is what to try. */
export type Cause = { readonly name: string; readonly says: string; readonly advice: string };

type Pattern = {
  readonly name: string;
  readonly pattern: RegExp;
  readonly says: (...groups: readonly string[]) => string;
  readonly advice: (...groups: readonly string[]) => string;
};

const UNREACHABLE = "unreachable";
const PROXY_VARIABLES = "proxy-variables";

/** The first that fits counts, so the special ones come first. */
const PATTERNS: readonly Pattern[] = [
  {
    name: "proxy",
    pattern:
      /\bhttp proxy returned|\bproxy CONNECT\b|failed to connect (?:(?:to|via) (?:the )?(?:http )?|to \S+ through )proxy/iu,
    says: () => "its gRPC connection went to an HTTP proxy",
    advice: () =>
      "Set NO_PROXY=127.0.0.1,localhost (and no_proxy) where http_proxy is set: gRPC libraries send the host's loopback address to the proxy too.",
  },
  {
    name: "host-lost",
    // A call of the app's own has the library that the app brings among its frames, before those of the worker.
    pattern:
      /event stream error|(?:UNAVAILABLE|RST_STREAM)(?:(?!node_modules|site-packages).)*?(?:EventStream|worker-bundle|azure_functions_worker)/su,
    says: () => "its stream to the host broke",
    advice: () => "Look at the host at that time: this worker ended because its connection did.",
  },
  ...nativeVersions(),
  {
    name: "entry-point",
    pattern:
      /unable to load entry point "([^"]*)": (?:Found zero files|File does not exist)|No file matches "main" in package\.json: "([^"]*)"/u,
    says: (...globs) => `"main" in package.json (${globs.find((glob) => glob)}) names no file`,
    advice: () =>
      'Build the app (npm run build), or correct "main": a path or glob from the app\'s folder to the built files, such as dist/src/functions/*.js.',
  },
  {
    name: "workers-python",
    pattern: /No module named '?(azure_functions_(?:worker|runtime)\w*)/u,
    says: (name) => `the python that started it does not have the worker's own package ${name}`,
    advice: () =>
      "Name the python that the worker was installed with: defaultExecutablePath in worker.config.json, or languageWorkers__python__defaultExecutablePath.",
  },
  {
    name: "functions-library",
    pattern: /Cannot find (?:module|package) '(@azure\/functions(?:-core)?)'/u,
    says: (name) => `the package ${name} is not installed`,
    advice: (name) =>
      name === "@azure/functions-core"
        ? "@azure/functions-core exists only inside the worker: load the app's files through a worker and not with node alone."
        : "Run npm install in the app's folder; @azure/functions belongs into the dependencies of its package.json, not into devDependencies.",
  },
  {
    name: "missing-file",
    pattern: /Cannot find module '((?:\.|\/|[A-Za-z]:|file:)[^']*)'/u,
    says: (name) => `the file ${name} is missing`,
    advice: () =>
      'Look whether the app was built (npm run build), whether "main" in package.json and the path in the import are right, and whether letters differ in case.',
  },
  {
    name: "module-path",
    pattern: /Cannot find module '((?:@[^'/]+\/)?[^'@/]+\/[^']+)'/u,
    says: (name) => `there is no module ${name}`,
    advice: () =>
      "Look whether the package that it begins with is installed and has that file; paths of tsconfig.json mean nothing to Node.js.",
  },
  {
    name: "missing-package",
    pattern: /Cannot find (?:module|package) '([^']+)'/u,
    says: (name) => `the package ${name} is not installed`,
    advice: (name) => `Run npm install in the app's folder; ${name} belongs into "dependencies" of its package.json.`,
  },
  {
    name: "python-module",
    pattern: /No module named '?([\w.]+)'?/u,
    says: (name) => `there is no Python module named ${name}`,
    advice: (name) =>
      `Add the package of ${name} to requirements.txt and install that into the environment whose python starts the worker; a module of the app needs its folder on the path and the right spelling.`,
  },
  {
    name: "java-main",
    pattern: /Could not find or load main class (\S+)|Unable to access jarfile (\S+)/u,
    says: (main, jar) => (main ? `Java cannot load the class ${main}` : `Java cannot open ${jar}`),
    advice: () => "Look at the jar that the worker's command names, and at what is in it.",
  },
  {
    name: "java-initializer",
    pattern: /ExceptionInInitializerError|NoClassDefFoundError: Could not initialize class ([\w.$]+)/u,
    says: (name) => `a static initializer failed${name && `, that of ${name}`}`,
    advice: () => "Look at what the class does in static fields and blocks; the first exception of it says why.",
  },
  {
    name: "java-class",
    pattern: /(?:ClassNotFoundException|NoClassDefFoundError): ([\w.$/]+)(?![\w.$/]| \(wrong name)/u,
    says: (name) => `the class ${name.replaceAll("/", ".")} is not on the class path`,
    advice: () =>
      "Build the app again (mvn package) and look whether the folder lib beside its jar holds the library of that class.",
  },
  {
    name: "dotnet-assembly",
    pattern: /Could not load file or assembly '([^',]+)/u,
    says: (name) => `the assembly ${name} cannot be loaded`,
    advice: () => "Build or publish the app again: its output folder lacks the assembly, or has it in another version.",
  },
  {
    name: "threads",
    pattern: /unable to create (?:new )?native thread|can't start new thread|pthread_create failed/u,
    says: () => "it could start no more threads",
    advice: () =>
      "Raise the limit of its processes (ulimit -u, or pids of its container), or look for what starts threads without end.",
  },
  {
    name: "out-of-memory",
    pattern:
      /JavaScript heap out of memory|Reached heap limit|OutOfMemoryError|\bMemoryError\b|OutOfMemoryException|[Oo]ut of memory|Cannot allocate memory|std::bad_alloc/u,
    says: () => "it ran out of memory",
    advice: () =>
      "Give it more: Node.js: --max-old-space-size in languageWorkers__node__arguments; Java: -Xmx in JAVA_OPTS; else a machine or container with more memory. If it had been at work, look at what its functions keep in memory.",
  },
  {
    name: "port",
    pattern: /(?:EADDRINUSE|[Aa]ddress already in use)(?:: address already in use)?(?: \S*:(\d{1,5})\b)?/u,
    says: (port) => (port ? `the port ${port} is in use` : "an address that it wants to listen on is in use"),
    advice: () =>
      "End the process that has the port (ss -ltnp shows it), often a worker of an earlier run or a debugger, or give this one another.",
  },
  {
    name: UNREACHABLE,
    pattern:
      /ECONNREFUSED ([\d.:[\]a-f]+)|failed to connect to all addresses|Connection refused|grpc\.FutureTimeoutError/u,
    says: (address) => (address ? `nothing listened on ${address}` : "it could not connect to something that it needs"),
    advice: () =>
      "Look at what was to listen there: the host's port on the worker's command line, or a service that the app needs.",
  },
  {
    name: "import",
    pattern: /ImportError: (cannot import name [^\n]{1,120})|does not provide an export named '([^']+)'/u,
    says: (python, node) => python || `an import asks for ${node}, which its module does not export`,
    advice: () =>
      "Look at the import that the quote names: a wrong version of the library, a misspelt name, or modules that import each other.",
  },
  {
    name: "syntax",
    // JSON and regular expressions that are wrong at run time have the same name in Node.js.
    pattern: /\b(SyntaxError|IndentationError|TabError)\b(?!:[^\n]*(?:JSON|Invalid regular expression))/u,
    says: (name) => `a file of the app cannot be parsed (${name})`,
    advice: () =>
      "Correct the place that the quote names; syntax that a newer runtime knows counts as an error in an older one.",
  },
];

/** What binds an app to other versions than those that are there. */
function nativeVersions(): Pattern[] {
  return [
    {
      name: "node-version",
      pattern: /[Ii]ncompatible Node\.js version/u,
      says: () => "it needs another version of Node.js",
      advice: () => "Run node --version where the worker starts, and install the version that the quote asks for.",
    },
    {
      name: "require-of-module",
      pattern: /ERR_REQUIRE_ESM|require\(\) of ES Module/u,
      says: () => "require() was given an ES module, which the Node.js that is there does not take",
      advice: () =>
        "Use import in its place, take a version of the package that is CommonJS, or run Node.js 22.12 or newer.",
    },
    {
      name: "native-node",
      pattern:
        /compiled against a different Node\.js version.*?NODE_MODULE_VERSION (\d+).*?NODE_MODULE_VERSION (\d+)/su,
      says: () => "a native module was built for another version of Node.js",
      advice: () => "Run npm rebuild, or npm ci, with the Node.js that starts the worker.",
    },
    {
      name: "java-version",
      pattern: /UnsupportedClassVersionError.*?class file version (\d+)(?:.*?up to (\d+))?/su,
      says: (needs, has) =>
        `its classes need Java ${javaVersion(needs)}${has ? `, and the worker runs on Java ${javaVersion(has)}` : ""}`,
      advice: (needs) =>
        `Point JAVA_HOME to a JDK ${javaVersion(needs)} or later, or build with --release for the Java that is there.`,
    },
    {
      name: "dotnet-version",
      pattern: /You must install (?:or update )?\.NET|It was not possible to find any compatible framework version/u,
      says: () => "the .NET that it was built for is not installed",
      advice: () =>
        "Compare dotnet --list-runtimes with the version in the quote, and install that, or change TargetFramework.",
    },
    {
      name: "system-version",
      pattern: /version [`']?(GLIBC(?:XX)?_[\d.]+)'? not found/u,
      says: (version) => `it was built for a newer system library (${version})`,
      advice: () => "Build it on the system it runs on, or link it statically (Go: CGO_ENABLED=0).",
    },
    {
      name: "executable",
      pattern: /Exec format error|cannot execute binary file|Bad CPU type/u,
      says: () => "this machine cannot run its executable",
      advice: () => "Build it for this system and processor (Go: GOOS and GOARCH); a script needs its first line (#!).",
    },
    {
      name: "native-python",
      pattern: /No module named '?grpc\._cython|cannot import name '?cygrpc|undefined symbol: _?Py/u,
      says: () => "a native module was built for another version of Python",
      advice: () =>
        "Install requirements.txt again with the python that starts the worker: native modules belong to one version.",
    },
    {
      name: "python-bytecode",
      pattern: /bad magic number in '?([\w.]+)/u,
      says: (name) => `the compiled file of ${name} (.pyc) is of another version of Python`,
      advice: () => "Delete the .pyc files and folders __pycache__ that came with the app: Python makes its own.",
    },
    {
      name: "shared-library",
      pattern:
        /error while loading shared libraries: ([^:\s]+)|ImportError: ([^:\s]+\.so[.\d]*): cannot open shared object/u,
      says: (...names) => `the system library ${names.find((name) => name)} is not installed`,
      advice: () => "Install the package of your system that has this library.",
    },
    {
      name: "java-heap",
      pattern:
        /((?:Invalid|Too small) (?:initial|maximum|minimum) heap size[^\n]*|Initial heap size set to a larger value[^\n]*)/u,
      says: (line) => `its runtime refused its options (${line})`,
      advice: () => "Correct -Xms and -Xmx in JAVA_OPTS, JAVA_TOOL_OPTIONS or languageWorkers__java__arguments.",
    },
    {
      name: "runtime-options",
      pattern:
        /Unrecognized (?:VM )?option:?\s*'?([^'\n]+)|Could not create the Java Virtual Machine|node\S*: bad option: (\S+)|node\S*: (\S+) is not allowed in NODE_OPTIONS/u,
      says: (...options) => {
        const option = options.find((one) => one);
        return option ? `its runtime does not take the option ${option}` : "its runtime refused its options";
      },
      advice: () => "Look at languageWorkers__<language>__arguments, NODE_OPTIONS, JAVA_OPTS and JAVA_TOOL_OPTIONS.",
    },
  ];
}

/** @returns undefined where nothing that is known to cause failures is named */
export function findCause(scene: CauseScene): Cause | undefined {
  for (const { name, pattern, says, advice } of PATTERNS) {
    const match = pattern.exec(scene.text);
    if (match !== null) {
      const groups = match.slice(1).map((group: string | undefined) => group ?? "");
      const cause = { name, says: says(...groups), advice: advice(...groups) };
      return (name === UNREACHABLE && proxyFor(scene)) || cause;
    }
  }
  return proxyFor(scene) ?? (scene.missing?.includes("node_modules") ? NO_MODULES : undefined);
}

/** Told only where nothing that was said names another cause. */
const NO_MODULES: Cause = {
  name: "no-node-modules",
  says: "the app names dependencies and has no node_modules",
  advice: "Run npm install in the app's folder.",
};

/** The names of all. */
export const CAUSES: readonly string[] = [...PATTERNS.map(({ name }) => name), NO_MODULES.name, PROXY_VARIABLES];

function proxyFor({ isUnconnected, variables = {} }: CauseScene): Cause | undefined {
  return isUnconnected === true ? proxyOf(variables) : undefined;
}

/** A proxy for plain HTTP that loopback is not kept from: gRPC libraries obey the variable also for the host's address. */
export function proxyOf(variables: Readonly<Record<string, string>>): Cause | undefined {
  const value = (name: string): string | undefined => variables[name] ?? variables[name.toUpperCase()];
  const proxy = ["grpc_proxy", "https_proxy", "http_proxy"].find((name) => (value(name) ?? "") !== "");
  const exempt = value("no_grpc_proxy") ?? value("no_proxy") ?? "";
  if (proxy === undefined || /(?:^|[\s,])(?:\*|127\.0\.0\.1|127\.0\.0\.0\/8)(?:$|[\s,:])/u.test(exempt)) {
    return undefined;
  }
  return {
    name: PROXY_VARIABLES,
    says: `${proxy} is set and no_proxy does not name 127.0.0.1, so its gRPC library may have asked the proxy for the host`,
    advice: "Set NO_PROXY=127.0.0.1,localhost (and no_proxy) for the host, whose environment workers inherit.",
  };
}

/** "17" for class files of version 61. */
function javaVersion(classFileVersion: string | undefined): string {
  return String(Number(classFileVersion) - 44);
}
