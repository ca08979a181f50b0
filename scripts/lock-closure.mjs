import { readFileSync } from "node:fs";

/** The entries of package-lock.json by folder ("" is the project's own), as npm writes them in version 3. */
export function readLock() {
  return JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
}

/**
 * Everything that is installed for some packages: they themselves, and what they depend on, all the way down.
 * @param lock as readLock() returns it
 * @param {string} from the folder whose dependencies are meant, for example "apps/proxy"
 * @param {(name: string, of: string) => boolean} isWanted asked of each dependency, with the folder that names it
 * @returns {string[]} folders, sorted; workspace packages are among them by their own
 */
export function closureOf(lock, from, isWanted = () => true) {
  const found = new Set();
  const add = (folder, name) => {
    const at = resolveFrom(lock, folder, name);
    if (at !== undefined && !found.has(at)) {
      found.add(at);
      addAll(at);
    }
  };
  const addAll = (folder) => {
    for (const name of dependencyNames(lock[folder]).filter((one) => isWanted(one, folder))) {
      add(folder, name);
    }
  };
  addAll(from);
  return [...found].sort();
}

export function isInstalled(folder) {
  return folder.includes("node_modules/");
}

export function nameOf(folder) {
  return folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
}

function dependencyNames({ dependencies = {}, optionalDependencies = {} }) {
  return Object.keys({ ...dependencies, ...optionalDependencies });
}

/** Looks from the inside out, as Node does; an optional package may be nowhere. */
function resolveFrom(lock, folder, name) {
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
    const entry = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    if (lock[entry] !== undefined) {
      return lock[entry].link ? lock[entry].resolved : entry;
    }
    if (at === "") {
      return undefined;
    }
  }
}
