import { expect, test } from "vitest";
import { harmlessVariables } from "./harmless-variables.ts";

test("only harmless variables are told, and proxies without who may use them", () => {
  const environment = {
    FUNCTIONS_WORKER_RUNTIME: "node",
    AzureWebJobsStorage: "AccountKey=secret",
    http_proxy: "http://user:p@ss@proxy.example:8080/x",
    HTTPS_PROXY: "me:secret@proxy.example:1",
    all_proxy: "socks5://proxy.example",
    NO_PROXY: undefined,
  };
  expect(harmlessVariables(environment)).toEqual({
    FUNCTIONS_WORKER_RUNTIME: "node",
    http_proxy: "http://proxy.example:8080/x",
    HTTPS_PROXY: "proxy.example:1",
    all_proxy: "socks5://proxy.example",
  });
});
