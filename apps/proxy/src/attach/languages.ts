/** What runs the workers of each language, where no worker.config.json says so. */

/** Languages as `worker.config.json` names them, whose executables hosts let settings replace. */
export const LANGUAGES = [
  "node",
  "python",
  "java",
  "powershell",
  "dotnet-isolated",
  "native",
  "go",
  "golang",
  "rust",
  "ruby",
  "php",
] as const;

/** As the official workers' own worker.config.json has them. "" is none: the host has one of its own, or none works. */
const EXECUTABLES: Readonly<Record<string, string>> = {
  node: "node",
  python: "python",
  java: "%JAVA_HOME%/bin/java",
  powershell: "dotnet",
  "dotnet-isolated": "dotnet",
  native: "bin/app",
  go: "bin/app",
  golang: "bin/app",
};

export function usualExecutable(language: string): string | undefined {
  return Object.hasOwn(EXECUTABLES, language) ? EXECUTABLES[language] : undefined;
}
