/** Where in the user's own files an exception came from. */

/** `place` as the stack says it, shortened to its last folders. */
type Frame = { readonly file: string; readonly line: string; readonly isInnermostLast?: boolean };

/** Folders and files of runtimes, libraries and workers. */
const FOREIGN =
  /^node:|^internal\/|[\\/]node_modules[\\/]|[\\/](?:site|dist)-packages[\\/]|[\\/]lib[\\/]python\d|[\\/]azure_functions_(?:worker|runtime)|[\\/]workers[\\/](?:node|python|java|powershell)[\\/]|[\\/]dist[\\/]src[\\/]\w+\.js$|worker-bundle\.js$|[\\/]go[\\/](?:src|pkg[\\/]mod)[\\/]|[\\/]obj[\\/].*\.g\.cs$|^<frozen|^<string>|^\/_\//u;
const FOREIGN_CLASS =
  /^(?:java|javax|jdk|sun|com\.sun|kotlin|scala|io\.grpc|com\.google|com\.microsoft\.azure\.functions|org\.junit)\./u;

/** "src/functions/orders.js:12" of the first frame in a file of the user's; undefined where there is none. */
export function firstUserFrame(stack: string): string | undefined {
  const frames = stack.split("\n").flatMap((line) => frameOf(line) ?? []);
  const own = frames.filter(({ file }) => !FOREIGN.test(file));
  // Python's innermost frame is its last.
  const frame = own.some(({ isInnermostLast }) => isInnermostLast) ? own.at(-1) : own[0];
  return frame && `${shortPath(frame.file)}:${frame.line}`;
}

function frameOf(line: string): Frame | undefined {
  const python = /^\s*File "([^"]+)", line (\d+)/u.exec(line);
  if (python !== null) {
    return { file: python[1] ?? "", line: python[2] ?? "", isInnermostLast: true };
  }
  const java = /^\s*at ([\w.$/]+)\.[\w$<>]+\((\w+\.(?:java|kt|scala|groovy)):(\d+)\)/u.exec(line);
  if (java !== null) {
    return FOREIGN_CLASS.test(java[1] ?? "") ? undefined : { file: java[2] ?? "", line: java[3] ?? "" };
  }
  const dotnet = /^\s*at .+ in (.+):line (\d+)/u.exec(line);
  if (dotnet !== null) {
    return { file: dotnet[1] ?? "", line: dotnet[2] ?? "" };
  }
  const powershell = /^\s*at .+?, (.+): line (\d+)$/u.exec(line);
  if (powershell !== null) {
    return { file: powershell[1] ?? "", line: powershell[2] ?? "" };
  }
  const node =
    /^\s*at (?:async )?(?:.*\()?(?:file:\/\/)?((?:[A-Za-z]:)?[^():]+|node:[\w/]+):(\d+):\d+\)?(?: \{)?$/u.exec(line);
  if (node !== null) {
    return { file: node[1] ?? "", line: node[2] ?? "" };
  }
  // The place of a SyntaxError, above the stack.
  const place = /^(?:file:\/\/)?((?:\/|[A-Za-z]:[\\/])[^():]+):(\d+)$/u.exec(line);
  if (place !== null) {
    return { file: place[1] ?? "", line: place[2] ?? "" };
  }
  const go = /^\s+(\/?\S+\.go):(\d+)/u.exec(line);
  return go === null ? undefined : { file: go[1] ?? "", line: go[2] ?? "" };
}

/** The last three parts: enough to find a file by, and the same on every machine. */
function shortPath(path: string): string {
  const parts = path.split(/[\\/]/u).filter((part) => part !== "");
  return parts.slice(-3).join("/");
}
