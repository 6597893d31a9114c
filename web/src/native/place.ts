/** Where the server is that this page talks to: where the page came from, unless an agent serves it. */
let server = "";

/** The agent has reached this server, `HOST:PORT`. */
export function talkTo(address: string): void {
  server = address;
}

/** The server as people write it. */
export function serverHost(): string {
  return server || location.host;
}

/** What a link to the server begins with: one that others can follow, too. */
export function serverOrigin(): string {
  return server ? `http://${server}` : location.origin;
}
