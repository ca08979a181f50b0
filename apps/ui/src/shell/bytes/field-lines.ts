import { type FieldNode, listFields, ROOT, type Schema } from "./field-tree.ts";

/** A line of the tree of fields. `path` is where it stands, by position: "/0/3". */
export type FieldLine = {
  readonly path: string;
  readonly depth: number;
  readonly node: FieldNode;
  readonly isOpen: boolean;
};

/** Levels that are open from the start: the content, and what is in it. */
const OPEN_DEPTH = 1;

/** Lines at most: who wants more than this folds something first. */
export const MAX_LINES = 2000;

/** The tree's lines as far as it is unfolded. `toggled` are the paths whose state differs from what their depth says. */
export function listFieldLines(
  bytes: Uint8Array,
  toggled: ReadonlySet<string>,
): {
  readonly lines: readonly FieldLine[];
  readonly isWhole: boolean;
} {
  const lines: FieldLine[] = [];
  const add = (from: number, to: number, schema: Schema, path: string, depth: number): boolean => {
    const { fields, isWhole } = listFields(bytes, from, to, schema);
    for (const [index, node] of fields.entries()) {
      if (lines.length >= MAX_LINES) {
        break;
      }
      const place = `${path}/${index}`;
      const isOpen = node.inner !== undefined && depth < OPEN_DEPTH !== toggled.has(place);
      lines.push({ path: place, depth, node, isOpen });
      if (isOpen && node.inner) {
        add(node.start, node.to, node.inner, place, depth + 1);
      }
    }
    return isWhole;
  };
  const isWhole = add(0, bytes.length, ROOT, "", 0);
  return { lines, isWhole };
}
