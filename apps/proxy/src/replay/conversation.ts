/** What a worker says, sorted by what it answers. */

import { InspectorError } from "@inspector/contract/inspector-error";
import type { StreamingMessage } from "@inspector/proto";

type Waiting = { resolve(message: StreamingMessage): void; reject(reason: Error): void };

export type Conversation = {
  hear(message: StreamingMessage): void;
  /** The worker is gone: nobody waits any longer. */
  end(reason: string): void;
  /**
   * Waits for a message of this kind, and of this function or invocation where it belongs to one. To be called before the
   * question is sent.
   * @throws {InspectorError} "no-answer" after `limitMs`, "worker-gone"
   */
  answer(kind: string, id: string, limitMs: number): Promise<StreamingMessage>;
  /** Logs and responses with this invocation id so far, in order; they are forgotten with that. */
  takeAnswer(invocationId: string): StreamingMessage[];
};

export function createConversation(): Conversation {
  const waiting = new Map<string, Waiting>();
  const said = new Map<string, StreamingMessage[]>();
  let ended: string | undefined;
  const tell = (kind: string, id: string, message: StreamingMessage): void => {
    waiting.get(`${kind} ${id}`)?.resolve(message);
  };
  const keep = (invocationId: string, message: StreamingMessage): void => {
    const messages = said.get(invocationId);
    if (messages !== undefined) {
      messages.push(message);
    } else if (invocationId !== "") {
      said.set(invocationId, [message]);
    }
  };
  const gone = (): InspectorError => new InspectorError("worker-gone", `the worker is gone: ${ended}`);
  return {
    hear(message) {
      const { content } = message;
      switch (content.case) {
        case "functionLoadResponse":
          return tell(content.case, content.value.functionId, message);
        case "functionLoadResponseCollection":
          for (const value of content.value.functionLoadResponses) {
            const single = { case: "functionLoadResponse", value } as const;
            tell(single.case, value.functionId, { ...message, content: single });
          }
          return;
        case "rpcLog":
          return keep(content.value.invocationId, message);
        case "invocationResponse":
          keep(content.value.invocationId, message);
          return tell(content.case, content.value.invocationId, message);
        default:
          return tell(content.case ?? "", "", message);
      }
    },
    end(reason) {
      ended ??= reason;
      for (const { reject } of waiting.values()) {
        reject(gone());
      }
    },
    async answer(kind, id, limitMs) {
      if (ended !== undefined) {
        throw gone();
      }
      const key = `${kind} ${id}`;
      let timer: NodeJS.Timeout | undefined;
      try {
        return await new Promise<StreamingMessage>((resolve, reject) => {
          waiting.set(key, { resolve, reject });
          const late = new InspectorError("no-answer", `the worker sent no ${kind} within ${limitMs / 1000} s`);
          timer = setTimeout(() => reject(late), limitMs);
        });
      } finally {
        clearTimeout(timer);
        waiting.delete(key);
      }
    },
    takeAnswer(invocationId) {
      const messages = said.get(invocationId) ?? [];
      said.delete(invocationId);
      return messages;
    },
  };
}
