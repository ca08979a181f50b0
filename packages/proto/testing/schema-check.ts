import type { JsonSchema } from "../src/json-schema.ts";

/**
 * Whether JSON is valid by a schema, going by the keywords that ours is made of; throws for any other keyword, so that
 * nothing is taken for valid because it was not looked at.
 */
export function isValid(root: JsonSchema, json: unknown): boolean {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);

  function check(schema: JsonSchema, value: unknown): boolean {
    return Object.keys(schema).every((key) => {
      const rule = checks[key];
      if (rule === undefined) {
        throw new Error(`The schema has a keyword that is not checked: ${key}`);
      }
      return rule(schema, value);
    });
  }

  const checks: Readonly<Record<string, (schema: JsonSchema, value: unknown) => boolean>> = {
    $schema: () => true,
    description: () => true,
    enumDescriptions: () => true,
    patternErrorMessage: () => true,
    errorMessage: () => true,
    contentEncoding: () => true,
    definitions: () => true,
    $ref: ({ $ref = "" }, value) => {
      const definition = root.definitions?.[$ref.replace("#/definitions/", "")];
      if (definition === undefined) {
        throw new Error(`The schema has no ${$ref}`);
      }
      return check(definition, value);
    },
    type: ({ type = [] }, value) => [type].flat().some((name) => isOfType(name, value)),
    enum: (schema, value) => schema.enum?.some((name) => name === value) ?? true,
    pattern: ({ pattern = "" }, value) => typeof value !== "string" || new RegExp(pattern).test(value),
    minimum: ({ minimum = 0 }, value) => typeof value !== "number" || value >= minimum,
    maximum: ({ maximum = 0 }, value) => typeof value !== "number" || value <= maximum,
    items: ({ items = {} }, value) => !Array.isArray(value) || value.every((element) => check(items, element)),
    properties: ({ properties = {} }, value) =>
      !isObject(value) ||
      Object.entries(properties).every(([key, of]) => !Object.hasOwn(value, key) || check(of, value[key])),
    additionalProperties: ({ additionalProperties = true, properties = {} }, value) =>
      !isObject(value) ||
      Object.entries(value)
        .filter(([key]) => !Object.hasOwn(properties, key))
        .every(([, more]) =>
          typeof additionalProperties === "boolean" ? additionalProperties : check(additionalProperties, more),
        ),
    required: ({ required = [] }, value) => !isObject(value) || required.every((key) => Object.hasOwn(value, key)),
    allOf: ({ allOf = [] }, value) => allOf.every((each) => check(each, value)),
    anyOf: ({ anyOf = [] }, value) => anyOf.some((each) => check(each, value)),
    oneOf: ({ oneOf = [] }, value) => oneOf.filter((each) => check(each, value)).length === 1,
    not: ({ not = {} }, value) => !check(not, value),
  };

  function isOfType(name: string, value: unknown): boolean {
    if (name === "object") {
      return isObject(value);
    }
    return name === "integer"
      ? Number.isInteger(value)
      : typeof value === name || (name === "array" && Array.isArray(value));
  }

  return check(root, json);
}
