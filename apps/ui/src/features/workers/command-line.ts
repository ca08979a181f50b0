/** One line of a command as people read it: the program, or an option with its value. */
export type CommandLine = { readonly name: string; readonly value?: string };

/** Options with their values, one a line; an option is followed by its value unless that is an option itself. */
export function readCommand(argv: readonly string[]): readonly CommandLine[] {
  const lines: CommandLine[] = [];
  for (let index = 0; index < argv.length; index++) {
    const name = argv[index] ?? "";
    const next = argv[index + 1];
    const takesNext = index > 0 && isOption(name) && !name.includes("=") && next !== undefined && !isOption(next);
    if (takesNext) {
      index++;
    }
    lines.push(takesNext ? { name, value: next } : { name });
  }
  return lines;
}

function isOption(text: string): boolean {
  return /^--?[A-Za-z]/.test(text);
}

/** The command as a POSIX shell takes it. */
export function formatCommand(argv: readonly string[]): string {
  return argv.map(quote).join(" ");
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
