/** A file system that is soon full: only Linux, and only root, can make one. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type SmallDisk = { readonly path: string; readonly remove: () => void };

/** @param size in MiB */
export function makeDisk(size: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}m`, "tmpfs", path], { stdio: "ignore" });
  const remove = (): void => {
    // Lazily: what is still open there goes when it is closed.
    execFileSync("umount", ["--lazy", path]);
    rmdirSync(path);
  };
  return { path, remove };
}

export function canMakeDisks(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    return false;
  }
  try {
    makeDisk(1).remove();
    return true;
  } catch {
    return false;
  }
}
