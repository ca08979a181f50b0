/** Makes the process's environment exactly these variables. In place: Node's own object is what TZ and children read. */
export function replaceEnvironment(variables: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) {
    if (!Object.hasOwn(variables, name)) {
      delete process.env[name];
    }
  }
  Object.assign(process.env, variables);
}
