import { type JsonNode, parseExactJson } from "@inspector/analysis/exact-json";
import { looksLikeJson } from "@inspector/analysis/find/looks-like-json";

/** Where a node is in its tree: positions from the root, "/0/3". Not keys, because a key may occur twice. */
export type JsonPath = string;

/** A line of the tree as it is shown. */
export type JsonLine = {
  readonly path: JsonPath;
  readonly depth: number;
  /** Key or index; absent for the root. */
  readonly label?: string;
  readonly node: JsonNode;
  /** Members or items; 0 for a leaf. */
  readonly count: number;
  readonly isOpen: boolean;
  /** A string that holds JSON and can be unfolded as such. */
  readonly isText: boolean;
  /** Children that are not listed yet: this line offers them. */
  readonly more?: number;
};

/** How far a tree is unfolded. */
export type Folding = {
  /** Paths whose state differs from what their depth says. */
  readonly toggled: ReadonlySet<JsonPath>;
  /** Levels that are open from the start. */
  readonly openDepth: number;
  /** Children listed per path, where more than {@link CHILDREN_STEP} were asked for. */
  readonly listed: ReadonlyMap<JsonPath, number>;
};

/** So many lines are at hand at once; only those near to sight are in the document. */
export const CHILDREN_STEP = 10_000;

/**
 * The tree's lines in reading order, as far as it is unfolded. The root has a line only when it has no children: whoever
 * shows a tree gives it a title anyway.
 */
export function listJsonLines(root: JsonNode, folding: Folding): JsonLine[] {
  const lines: JsonLine[] = [];
  const place = { path: "", depth: 0, node: root };
  if (childrenOf(root).length > 0) {
    addChildren(lines, { ...place, depth: -1 }, childrenOf(root), folding);
  } else {
    addLines(lines, place, folding);
  }
  return lines;
}

type Place = { readonly path: JsonPath; readonly depth: number; readonly label?: string; readonly node: JsonNode };

function addLines(lines: JsonLine[], place: Place, folding: Folding): void {
  const isText = place.node.kind === "string" && looksLikeJson(place.node.text);
  const isOpen = isOpenAt(place, isText, folding);
  const children = childrenOf(isText && isOpen ? parseText(place.node) : place.node);
  lines.push({ ...place, count: children.length, isOpen: isOpen && (children.length > 0 || isText), isText });
  if (isOpen) {
    addChildren(lines, place, children, folding);
  }
}

type Children = readonly (readonly [string, JsonNode])[];

function addChildren(lines: JsonLine[], place: Place, children: Children, folding: Folding): void {
  const listed = folding.listed.get(place.path) ?? CHILDREN_STEP;
  for (const [index, [label, node]] of children.slice(0, listed).entries()) {
    addLines(lines, { path: `${place.path}/${index}`, depth: place.depth + 1, label, node }, folding);
  }
  if (children.length > listed) {
    const more = children.length - listed;
    lines.push({ ...place, depth: place.depth + 1, count: 0, isOpen: false, isText: false, more });
  }
}

function childrenOf(node: JsonNode): Children {
  if (node.kind === "array") {
    return node.items.map((item, index) => [String(index), item]);
  }
  return node.kind === "object" ? node.entries : [];
}

const parsedTexts = new WeakMap<JsonNode, JsonNode>();

/** Parsed once: a tree is listed anew whenever somebody folds a line of it. */
function parseText(node: JsonNode): JsonNode {
  const known = parsedTexts.get(node);
  if (known !== undefined) {
    return known;
  }
  const parsed = node.kind === "string" ? parseExactJson(node.text) : undefined;
  const value = parsed?.ok ? parsed.value : node;
  parsedTexts.set(node, value);
  return value;
}

/**
 * The folding with the line of a path on show: all above it are open, and as many of their children listed as it takes.
 * @returns the same folding where it is on show already
 */
export function unfoldTo(root: JsonNode, folding: Folding, path: JsonPath): Folding {
  const toggled = new Set(folding.toggled);
  const listed = new Map(folding.listed);
  let place: Place = { path: "", depth: -1, node: root };
  for (const step of path.split("/").slice(1)) {
    const { node } = place;
    const isText = node.kind === "string" && looksLikeJson(node.text);
    if (place.path !== "" && !isOpenAt(place, isText, { ...folding, toggled })) {
      flip(toggled, place.path);
    }
    const index = Number(step);
    if (index >= (listed.get(place.path) ?? CHILDREN_STEP)) {
      listed.set(place.path, Math.ceil((index + 1) / CHILDREN_STEP) * CHILDREN_STEP);
    }
    const child = childrenOf(isText ? parseText(node) : node)[index];
    if (child === undefined) {
      break;
    }
    place = { path: `${place.path}/${index}`, depth: place.depth + 1, node: child[1] };
  }
  const isSame =
    sameMembers(toggled, folding.toggled) &&
    listed.size === folding.listed.size &&
    [...listed].every(([key, count]) => folding.listed.get(key) === count);
  return isSame ? folding : { ...folding, toggled, listed };
}

function isOpenAt(place: Place, isText: boolean, { toggled, openDepth }: Folding): boolean {
  const isToggled = toggled.has(place.path);
  return isText ? isToggled : place.depth < openDepth !== isToggled;
}

/** Folds what was unfolded, and the other way round. */
export function flip(paths: Set<JsonPath>, path: JsonPath): void {
  if (!paths.delete(path)) {
    paths.add(path);
  }
}

function sameMembers(a: ReadonlySet<JsonPath>, b: ReadonlySet<JsonPath>): boolean {
  return a.size === b.size && [...a].every((path) => b.has(path));
}

/** What a folded object or array says of itself: "{ id, name, … 4 more }", "[ 12 ]". */
export function summarizeJson(node: JsonNode): string {
  if (node.kind === "array") {
    return node.items.length === 0 ? "[ ]" : `[ ${node.items.length} ]`;
  }
  if (node.kind !== "object") {
    return "";
  }
  if (node.entries.length === 0) {
    return "{ }";
  }
  const names = node.entries.slice(0, 3).map(([key]) => key);
  const rest = node.entries.length - names.length;
  return `{ ${names.join(", ")}${rest > 0 ? `, … ${rest} more` : ""} }`;
}
