import type { SyntaxNode, Token } from "../syntax.ts";

export class SyntaxError extends globalThis.SyntaxError {
  readonly location: { readonly start: { readonly offset: number }; readonly end: { readonly offset: number } };
}

export function parse(text: string, options?: { readonly startRule?: "Filter" }): SyntaxNode;
export function parse(text: string, options: { readonly startRule: "Tokens" }): readonly Token[];
