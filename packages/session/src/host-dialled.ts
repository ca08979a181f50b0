/** The direction of a stream's connection, beside the roles of those who speak in it. */

/**
 * Streams whose host opened the connection, as in separated compute, where the host is the gRPC client. Of all others the
 * worker did. `side` in every table is the role; in these streams the host's bytes come from the connection's client.
 * Since version 6.
 */
export const HOST_DIALLED_SCHEMA = `
CREATE TABLE host_dialled (
  stream INTEGER PRIMARY KEY REFERENCES stream(id)
);
`;

/** All that is stored of streams; to be followed by WHERE. */
export const SELECT_STREAMS = `SELECT *, id IN (SELECT stream FROM host_dialled) AS host_dialled,
  (SELECT worker FROM joined_stream j WHERE j.stream = stream.id) AS worker FROM stream`;
