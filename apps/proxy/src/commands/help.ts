import { ownValue } from "@inspector/contract/own-value";

/** @param ready what `--json` prints when the recording has begun */
const recordingOptions = (
  ready: string,
): string => `  --ui [HOST:]PORT    where to serve the page (default: 127.0.0.1, any free port)
  --allow-origin URL  show the page there too, for example behind a tunnel: https://name, http://name:8080 (repeatable)
  --session FILE      record into this file (default: a new one in the state folder)
  --max-size SIZE     keep all that is written below this size, for example 2gb:
                      the oldest payloads go first, then the oldest messages
  --no-http-capture   leave the HTTP server of a worker alone (capability HttpUri): its requests are not recorded
  --otlp URL          tell an OpenTelemetry endpoint (OTLP over HTTP) of each invocation as it ends, redacted
  --open              open the page in the browser
  --json              print one line of JSON when ready: ${ready}
`;

const RECORDING = recordingOptions('{"ready":true,"listen":…,"ui":…,"session":…}');

const TOPICS: Readonly<Record<string, string>> = {
  "": `inspector: see what the Azure Functions host and its language workers say to each other

  inspector run -- COMMAND                                 run a command and record the workers of every host below it
  inspector --attach                                       record the workers of hosts that are started with…
  inspector env [LANG…]                                    …these variables, for an IDE's settings for example
  inspector --listen [HOST:]PORT --upstream HOST[:PORT]    record what passes between a worker and a host
  inspector demo                                           see it work, with a sample app
  inspector host APP [--worker DIR]                        run an app without the Functions host, recorded
  inspector open [FILE]                                    look at a session, a capture or a gRPC log, or list sessions
  inspector sessions                                       list, label, compare and delete sessions that are kept
  inspector tail [FILE] [--filter TEXT]                    print messages as they pass
  inspector export [FILE] --format FORMAT                  write a session for others, without its secrets
  inspector replay [FILE] [--app DIR]                      send recorded invocations to a fresh worker, compare answers
  inspector check [FILE]                                   what is wrong in a session, as the result of a build

Recording with --listen and --upstream
  --listen [HOST:]PORT   where workers connect (HOST: a name, IPv4 or [::1]; default 127.0.0.1)
  --upstream HOST[:PORT] the host's gRPC port (default port 50051)
${RECORDING.replaceAll(/^ {2}(--\S+ ?\S*) +/gmu, (_, option: string) => `  ${option.padEnd(22)} `)}
\`inspector COMMAND --help\` says more of each. Sessions hold everything that crossed, secrets included; they are
readable by you only, in $XDG_STATE_HOME/inspector (or ~/.local/state/inspector).
`,
  run: `inspector run [options] -- COMMAND…: run a command and record the workers of every Functions host below it

  --headless          serve no page
  --no-build          the command builds no .NET app, so change the worker.config.json of what was built until it ends
                      (as if the command had --no-build itself)
  --language NAME     attach to workers of this language, too, as their worker.config.json names it (repeatable);
                      "custom": custom handlers, where no host.json is in the command's folder or arguments
${recordingOptions('{"ready":true,"session":…,"ui":…}; no "ui" with --headless')}
The command has the terminal, standard input and output to itself, and its exit code is this one's. What the inspector says
goes to stderr, before and after it; with --json one line of JSON goes to standard output first. Settings in the environment
put a small program in the place of each worker's executable: it asks for a relay, starts the real worker and ends as that does. Your
own settings are kept. Calls of custom handlers are recorded, too, but not held. Hosts that the command leaves behind end with it.

  inspector run -- func start
  inspector run --headless --session out.inspector -- npm test
`,
  env: `inspector env [LANG…]: print the variables with which a host's workers are recorded by \`inspector --attach\`

  LANG                language as worker.config.json names it (default: all that are known)
  --format sh         lines for a shell (default): eval "$(inspector env)"
  --format powershell lines for PowerShell
  --format json       an object, for the Values of local.settings.json or the env of launch.json
  --format env-file   NAME=value lines, for docker --env-file or a .env file

The variables name small programs that stay where they are; without a running \`inspector --attach\` they start the workers as they are.
`,
  demo: `inspector demo: a sample app on a stand-in host, with a little traffic, recorded

  --listen [HOST:]PORT where the relay listens (default: 127.0.0.1, any free port)
  --http [HOST:]PORT  where the app's http triggers are served (default: 127.0.0.1, any free port)
  --quiet             no traffic of its own
${RECORDING}`,
  host: `inspector host APP: run a function app on a stand-in host, recorded

  APP                 folder of the app (host.json, package.json or function.json files)
  --worker DIR        folder with a worker.config.json (default for Node apps: the worker that comes along)
  --http [HOST:]PORT  where http triggers are served (default: 127.0.0.1:7071, or any free port if taken)
  --config FILE       JSON with languageWorkers:<language>:… settings
  --processes N       worker processes (default: FUNCTIONS_WORKER_PROCESS_COUNT or 1)
  --no-watch          do not restart when files change
  --listen [HOST:]PORT where the relay listens (default: 127.0.0.1, any free port)
  /languageWorkers:<language>:<key>=VALUE   one setting, as the Functions host takes it
${RECORDING}
POST /admin/functions/NAME with {"input": …} runs any function, whatever its trigger.
`,
  open: `inspector open [FILE]: look at a session, or at what another program recorded; without FILE, list the sessions that
are kept

  FILE                a session, a page that has one (\`inspector export --format html\`), or one of these, of which a
                      session is made: a capture of packets (pcap, pcapng), a gRPC binary log (GrpcLogEntry), a dump
                      of grpc-dump, lines that \`inspector export\` wrote (all of a session with --format
                      session-ndjson, messages alone with ndjson). Each may be compressed (gzip, or a zip archive of one file).
                      FILE itself is only read. The page without a server (page-offline/index.html of the package) opens
                      the same by a drop, up to 250 MB
  --port N            of a capture, only connections to this port (default: all that are HTTP/2 without TLS)
  --session FILE      keep the session that is made, in a new file (default: it is gone when the command ends)

  --ui [HOST:]PORT    where to serve the page (default: 127.0.0.1, any free port)
  --allow-origin URL  show the page there too, for example behind a tunnel: https://name, http://name:8080 (repeatable)
  --open              open the page in the browser
  --json              print one line of JSON when ready
`,
  sessions: `inspector sessions: the sessions that are kept, newest first; NAME is one of them, or the path of a session

  sessions [--json]                       list them, with their titles
  sessions label [NAME]                   show title and note (default: of the newest)
      --title TEXT, --note TEXT           write them into the session; --clear takes both away. They leave with no export
  sessions compare [BEFORE [AFTER]]       what changed: functions with calls, failures and times, start-up, problems, and the
      --call N                            messages of each function's Nth call (default: the first; sessions: the two newest)
      --json                              with all messages of these calls
  sessions prune                          delete sessions with their text indexes, oldest first, but for those being recorded
      --older-than 30d                    nothing was written to them for so long (h, d, w)
      --max-size 5gb                      until the others take no more than this
      --dry-run                           say which, and delete nothing
`,
  tail: `inspector tail [FILE]: print messages as they pass (default: the newest session)

  --filter TEXT       only what matches, for example 'kind:invocation* -status:success size:>1mb'
  -n, --lines N       begin with the last N that match (default 10)
  --no-follow         stop there
  --json              one JSON object a line

Filter
  kind:invocation*    kind of message                        fn:Order*       name of the function
  status:failed       failed, success, cancelled             trigger:http    type of the function's trigger
  http:5xx            status of the HTTP answer, >=400, 404  category:*.User category of a log
  level:>=warning     level of a log
  worker:node         a worker's runtime, or its id's start  side:worker     who sent it
  dur:>2s             how long the invocation took           size:>1mb       size of the message
  at:10s..20s         time since the session began           stream:1        number of the stream
  id:7f3c             start of an invocation, request or function id
  text:"not found"    in the line that is printed            "not found"     there, or in kind, function, category, ids
  is:error            error (HTTP 5xx too) log system (a log of the worker's own) request response empty unknown
                      undecodable damaged compressed truncated dropped, and of its invocation: inflight lost cancelled
                      retried orphan late duplicate; of what the inspector did: replayed edited held swallowed
  /timed? out/        a regular expression, without look-around and back-references: it never takes long
Words take * for anything, values are listed with commas, numbers compared with > >= < <= or given as a range.
Terms stand side by side; - negates, OR and parentheses combine. The page also looks for words in the payloads.
`,
  export: `inspector export [FILE]: write a session for others, without its secrets (default: the newest session)

  --format inspector  a session, to be opened with \`inspector open\`
  --format html       one page with the session in it, for any browser, without an inspector and without a network:
                      up to 250 MB and 300 000 messages
  --format ndjson     (default) one object a line: seq, at (ns), stream, worker, from, kind, size, requestId, invocationId,
                      functionName, status (Success, Failure, Cancelled; null where the kind has none), durationNs
                      (of an answer, from its request; of start_stream, from the launch of its process or the opening of
                      its stream; held time is left out), interventions (held, dropped, replaced, injected, swallowed),
                      isReplay (no figure counts those), heldNs, bytes (base64), message (proto3 JSON in which every
                      status stands, also Failure, which is zero)
  --format session-ndjson  all of a session as lines of JSON, from which \`inspector open\` makes an equal one
  --format markdown   a summary for an issue: versions, capabilities, verdicts, problems, invocations that failed, with logs
  --format har        requests of http triggers, as browsers and proxies read them (HAR 1.2)
  --format otlp       invocations as spans with their logs, for OpenTelemetry (OTLP/JSON, one request a line)
  --format aspire     the same as the archive that the Aspire dashboard imports
  --format pcapng     messages as a capture for Wireshark
  --output FILE       where to write ("-" or nothing: standard output); it is there once it is whole, for you only
  --otlp URL          push spans and logs to an OpenTelemetry endpoint (OTLP over HTTP) instead; headers are those in
                      $OTEL_EXPORTER_OTLP_HEADERS
  --force             replace FILE if it is there
  --gzip              compress it; \`inspector open\` opens a compressed session
  --filter TEXT       only what matches; see \`inspector tail --help\`. Of markdown, har, otlp and aspire whole invocations
  --invocations TEXT  only invocations and start-up steps that match, as the page lists them, each of them whole
  --drop-output       leave out what processes wrote to stdout and stderr
  --dry-run           say what would leave, its size, what would be replaced, why and where, and write nothing

  --policy safe       (default) replace every value of the environment, of headers and queries whose name is not known to be
                      harmless, the content of bodies, and whatever looks like a secret; and all of them wherever else they
                      occur, encoded too
  --policy headers-only  the same, but bodies stay, without the secrets that show in them
  --redact TEXT|/RE/  replace this too (repeatable); --redact-file FILE: one a line
  --drop-bodies       leave bodies empty; what is in them is replaced elsewhere all the same
  --keep-unknown-fields  leave fields in messages that the contract does not know; they are left out otherwise
  --no-redact         replace nothing: the file holds every secret that crossed. Do not attach it to a bug report
`,
  check: `inspector check [FILE]: what is wrong in a session, as the result of a build (default: the newest session)

  --fail-on error     fail on errors, and on workers that died or never became ready (default)
  --fail-on warning   on warnings, too
  --format text       a block for each problem
  --format json       one object: session, failOn, isFailed, verdicts, problems (times in ns)
  --format junit      a test case for each problem
  --format github     annotations, at most ten of a kind; all problems in the file that $GITHUB_STEP_SUMMARY names
  --output FILE       where to write it ("-" or nothing: standard output)
  --force             replace FILE if it is there

What is looked for is what the page lists under Problems. The exit code is 0 where nothing fails the check, 1 where something
does, and 2 where the session could not be checked: an option that is wrong, a file that is no session or holds no message.

  inspector run --headless --session out.inspector -- npm test
  inspector check out.inspector --format github
`,
  replay: `inspector replay [FILE]: send recorded invocations to a fresh worker and compare its answers (default: the newest session)

  --worker DIR        folder with a worker.config.json (default for Node apps: the worker that comes along)
  --worker COMMAND    command line that starts a worker; the host's arguments are added at its end
  --app DIR           folder of the app that is to answer
  --recorded-app      have the app answer that the session names: its code runs, so do that with your own sessions only
  --recorded-environment  give the worker the environment variables of the session (default: those of this terminal)
  --to [HOST:]PORT    not to a fresh worker, but to one that runs: of the inspector that listens there
  --invocation ID     only the invocation whose id begins like this
  --filter TEXT       only invocations that match; see \`inspector tail --help\`
  --ignore PATH       a place that may differ, for example 'returnValue.http.body.bytes.time' or 'logs[*].message';
                      may be given several times, * is any key or index
  --timing order      one after the other (default)
  --timing recorded   as far apart as they were recorded
  --format text|json|junit  form of the report
  --output FILE       where to write it ("-" or nothing: standard output)
  --force             replace FILE if it is there

The worker is started up as the recorded one was: WorkerInit, environment reload and function loads as in the session, with
its own function ids and the app's folder of now. Nothing that the session names is run but on request: functions are loaded
from where the app has them. Invocations keep their ids, so functions see what they saw; a worker that
runs gets them under fresh ones, beside its host's traffic, of which the host notices nothing. The app's
code runs for real, with all that it calls; output bindings do not run. Status, outputs, return value, exception and
the function's logs (not the worker's own, of category System) are compared, without regard to the order of maps and the
spaces in JSON, numbers digit for digit; the report says how long it took, without judging it.
HTTP requests that went to the worker's own server (HttpUri) go there again, if they were recorded. Invocations whose request
or answer was not recorded, or that were cancelled, are skipped. The exit code is 0 when all answers match and 1 otherwise.
`,
};

/** @param topic a command; "" for all of them */
export function helpFor(topic: string): string | undefined {
  return ownValue(TOPICS, topic);
}
