/** One `/`-part of a route template. */
type Segment = {
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
  /** Lower is more specific: literal, constrained parameter, parameter, constrained catch-all, catch-all. */
  readonly rank: number;
  readonly isOptional: boolean;
};

type Parameter = {
  readonly name: string;
  readonly constraints: readonly string[];
  readonly isCatchAll: boolean;
  readonly isOptional: boolean;
  readonly fallback: string | undefined;
};

export type Route = {
  readonly template: string;
  /** @returns the parameters (always text, also where constrained to numbers), or undefined when the path is not of this route. `path` starts without a slash. */
  match(path: string): ReadonlyMap<string, string> | undefined;
  /** For ordering: of two routes that match a path, the lesser is more specific. */
  readonly ranks: readonly number[];
};

/**
 * Compiles a route template of an http trigger: literals, `{name}`, `{name:int}`, `{name?}`, `{name=value}`,
 * `{*rest}` and mixtures such as `{name}.{ext}`. Literals match in any case, values are percent-decoded.
 */
export function compileRoute(template: string): Route {
  const trimmed = template.replace(/^\/+|\/+$/g, "");
  const segments = trimmed === "" ? [] : splitTemplate(trimmed).map(compileSegment);
  return {
    template: trimmed,
    ranks: segments.map(({ rank }) => rank),
    match: (path) => matchSegments(segments, path),
  };
}

/** Sorts more specific routes before less specific ones, as ASP.NET routing does. */
export function compareRoutes(left: Route, right: Route): number {
  const length = Math.max(left.ranks.length, right.ranks.length);
  for (let index = 0; index < length; index++) {
    const difference = (left.ranks[index] ?? 0) - (right.ranks[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

/** A constraint may hold slashes and braces (`{id:regex(^[[a-z]]{{3}}$)}`), so braces are counted. */
function splitTemplate(template: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = "";
  for (const character of template) {
    depth += character === "{" ? 1 : character === "}" ? -1 : 0;
    if (character === "/" && depth === 0) {
      parts.push(current);
      current = "";
    } else {
      current += character;
    }
  }
  return [...parts, current];
}

function compileSegment(text: string): Segment {
  const parameters: Parameter[] = [];
  let pattern = "";
  let rest = text;
  while (rest !== "") {
    const end = rest.startsWith("{") ? closingBrace(rest) : -1;
    if (end > 0) {
      const parameter = parseParameter(rest.slice(1, end));
      parameters.push(parameter);
      pattern += parameter.isCatchAll ? "(.*)" : parameter.isOptional ? "(.*?)" : "(.+?)";
      rest = rest.slice(end + 1);
    } else {
      const literal = /^.[^{]*/s.exec(rest)?.[0] ?? rest;
      pattern += literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      rest = rest.slice(literal.length);
    }
  }
  const only = parameters.length === 1 && pattern.startsWith("(") && pattern.endsWith(")") ? parameters[0] : undefined;
  return {
    pattern: new RegExp(`^${pattern}$`, "is"),
    parameters,
    rank: rankOf(parameters, only),
    isOptional: only !== undefined && (only.isOptional || only.isCatchAll || only.fallback !== undefined),
  };
}

function rankOf(parameters: readonly Parameter[], only: Parameter | undefined): number {
  if (parameters.length === 0) {
    return 1;
  }
  const isConstrained = only === undefined || only.constraints.length > 0;
  return (only?.isCatchAll === true ? 4 : 2) + (isConstrained ? 0 : 1);
}

function closingBrace(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    depth += text[index] === "{" ? 1 : text[index] === "}" ? -1 : 0;
    if (depth === 0) {
      return index;
    }
  }
  return -1;
}

function parseParameter(text: string): Parameter {
  const isCatchAll = text.startsWith("*");
  const [, name = "", constraintText = "", fallback] = /^\**([^:=?]*)((?::[^=]*?)?)(?:=(.*?))?\??$/s.exec(text) ?? [];
  return {
    name,
    constraints: constraintText === "" ? [] : constraintText.slice(1).split(/:(?![^(]*\))/),
    isCatchAll,
    isOptional: text.endsWith("?"),
    fallback,
  };
}

function matchSegments(segments: readonly Segment[], path: string): ReadonlyMap<string, string> | undefined {
  const parts = path === "" ? [] : path.split("/");
  const values = new Map<string, string>();
  for (const [index, segment] of segments.entries()) {
    const isCatchAll = segment.parameters[0]?.isCatchAll === true;
    const part = isCatchAll ? parts.slice(index).join("/") : (parts[index] ?? "");
    if (part === "" ? !segment.isOptional : !matchPart(segment, part, values)) {
      return undefined;
    }
    if (part === "") {
      putFallbacks(segment, values);
    }
    if (isCatchAll) {
      return values;
    }
  }
  return parts.length > segments.length ? undefined : values;
}

function putFallbacks(segment: Segment, values: Map<string, string>): void {
  for (const { name, fallback } of segment.parameters) {
    if (fallback !== undefined) {
      values.set(name, fallback);
    }
  }
}

function matchPart(segment: Segment, part: string, values: Map<string, string>): boolean {
  const match = segment.pattern.exec(part);
  if (match === null) {
    return false;
  }
  for (const [index, parameter] of segment.parameters.entries()) {
    const text = decodePart(match[index + 1] ?? "");
    if (!parameter.constraints.every((constraint) => meets(text, constraint))) {
      return false;
    }
    values.set(parameter.name, text);
  }
  return true;
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Constraints of ASP.NET routing; one that is not known here lets everything pass. */
function meets(text: string, constraint: string): boolean {
  const [, name = "", argument = ""] = /^(\w+)(?:\((.*)\))?$/s.exec(constraint) ?? [];
  const [first = Number.NaN, second = Number.NaN] = argument.split(",").map(Number);
  switch (name.toLowerCase()) {
    case "int":
    case "long":
      return /^-?\d+$/.test(text);
    case "double":
    case "float":
    case "decimal":
      return /^-?\d+(\.\d+)?$/.test(text);
    case "bool":
      return /^(true|false)$/i.test(text);
    case "guid":
      return /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text);
    case "alpha":
      return /^[a-z]*$/i.test(text);
    case "datetime":
      return !Number.isNaN(Date.parse(text));
    case "length":
      return Number.isNaN(second) ? text.length === first : text.length >= first && text.length <= second;
    case "minlength":
      return text.length >= first;
    case "maxlength":
      return text.length <= first;
    case "min":
      return Number(text) >= first;
    case "max":
      return Number(text) <= first;
    case "range":
      return Number(text) >= first && Number(text) <= second;
    case "regex":
      return new RegExp(
        argument.replaceAll("{{", "{").replaceAll("}}", "}").replaceAll("[[", "[").replaceAll("]]", "]"),
      ).test(text);
    default:
      return true;
  }
}
