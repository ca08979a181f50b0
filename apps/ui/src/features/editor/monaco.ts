/** The code editor with JSON and nothing else. Imported with `import()` only: it is ten times the page. */
import "monaco-editor/features/register.all";
import "monaco-editor/editor/contrib/suggest/browser/suggestController";
import { streamingMessageSchema } from "@inspector/proto";
import * as monaco from "monaco-editor/editor";
import EditorWorker from "monaco-editor/editor/editor.worker?worker";
import JsonWorker from "monaco-editor/languages/features/json/json.worker?worker";
import { jsonDefaults } from "monaco-editor/languages/features/json/register";
import { EDITOR_RULES, editorColors } from "./editor-colors.ts";

import { MESSAGE_PATH } from "./message-schema-path.ts";

self.MonacoEnvironment = {
  getWorker: (_id: string, label: string) => (label === "json" ? new JsonWorker() : new EditorWorker()),
};

jsonDefaults.setDiagnosticsOptions({
  validate: true,
  allowComments: false,
  enableSchemaRequest: false,
  schemas: [
    { uri: "inspector://schema/message.json", fileMatch: [`${MESSAGE_PATH}-*.json`], schema: streamingMessageSchema() },
  ],
});

/** Takes the page's colours again: they follow the system, or what the person chose. */
function applyColors(): void {
  const { isDark, colors, token } = editorColors();
  const rules = EDITOR_RULES.map(({ scope, color }) => ({ token: scope, foreground: token(color) }));
  monaco.editor.defineTheme("page", { base: isDark ? "vs-dark" : "vs", inherit: true, rules, colors });
  monaco.editor.setTheme("page");
}

applyColors();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyColors);
new MutationObserver(applyColors).observe(document.documentElement, { attributeFilter: ["data-theme"] });

export type EditorOptions = {
  readonly label: string;
  readonly language: "json" | "plaintext";
  /** Part of the model's name, by which a schema is found for it. */
  readonly path: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onHeight: (height: number) => void;
  /** Ctrl or Command with Enter. */
  readonly onSubmit: () => void;
};

export type ShownEditor = {
  readonly focus: () => void;
  /** Replaces the text without calling `onChange`: nobody typed it here. */
  readonly show: (text: string) => void;
  readonly dispose: () => void;
};

let lastModel = 0;

/** Puts an editor into an element; `dispose` of the result takes it out again. */
export function createEditor(element: HTMLElement, options: EditorOptions): ShownEditor {
  const uri = monaco.Uri.parse(`inspector://editor/${options.path}-${++lastModel}.json`);
  const hasSchema = options.path === MESSAGE_PATH;
  const model = monaco.editor.createModel(options.value, options.language, uri);
  const editor = monaco.editor.create(element, {
    model,
    ariaLabel: options.label,
    automaticLayout: true,
    // A bracket that is typed over a selection replaces it, as in every other field.
    autoSurround: "never",
    // Without it the editor is a field that other parts of the page do not know as one.
    editContext: false,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
    fontLigatures: false,
    fontSize: 12,
    lineHeight: 18,
    folding: true,
    glyphMargin: false,
    lineDecorationsWidth: 6,
    lineNumbersMinChars: 3,
    links: false,
    minimap: { enabled: false },
    overviewRulerLanes: 0,
    padding: { top: 6, bottom: 6 },
    renderLineHighlight: "none",
    scrollBeyondLastLine: false,
    scrollbar: { alwaysConsumeMouseWheel: false, verticalScrollbarSize: 8, horizontalScrollbarSize: 8 },
    stickyScroll: { enabled: false },
    tabSize: 2,
    wordBasedSuggestions: "off",
    // Of a value nobody knows more than that it may have a "$schema".
    quickSuggestions: hasSchema,
    suggestOnTriggerCharacters: hasSchema,
    wordWrap: "on",
    fixedOverflowWidgets: true,
    unicodeHighlight: { ambiguousCharacters: false },
    // Whoever works by keyboard leaves the editor with Tab.
    tabFocusMode: true,
  });
  editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, options.onSubmit);
  // What is offered belongs to what is typed: it would lie over the answer. A command would be that of the editor made last.
  const hideSuggestions = () => editor.trigger("page", "hideSuggestWidget", undefined);
  editor.onKeyDown(({ keyCode, ctrlKey, metaKey }) => {
    if (keyCode === monaco.KeyCode.Enter && (ctrlKey || metaKey)) {
      hideSuggestions();
    }
  });
  editor.onDidBlurEditorWidget(hideSuggestions);
  let isTyped = true;
  model.onDidChangeContent(() => {
    if (isTyped) {
      options.onChange(model.getValue());
    }
  });
  editor.onDidContentSizeChange(({ contentHeight }) => options.onHeight(contentHeight));
  options.onHeight(editor.getContentHeight());
  return {
    focus: () => editor.focus(),
    show: (text) => {
      isTyped = false;
      model.setValue(text);
      isTyped = true;
    },
    dispose: () => {
      editor.dispose();
      model.dispose();
    },
  };
}
