/** Parameters that both pages understand in the same way. */
const SHARED = ['product_type', 'symbol', 'dt', 'start_time', 'theme', 'token'];

/**
 * Address of another page with this one's session. The two pages' servers are different ones:
 * `peer` (`host:port`) names the other page's, and changes places with `server`.
 */
export function otherPage(page: URL, path: string): string {
  const url = new URL(path, page);
  for (const name of SHARED) {
    const value = page.searchParams.get(name);
    if (value && !(name === 'theme' && value === 'dark')) url.searchParams.set(name, value);
  }
  const [server, peer] = [page.searchParams.get('server'), page.searchParams.get('peer')];
  if (peer) url.searchParams.set('server', peer);
  if (server) url.searchParams.set('peer', server);
  return url.pathname + url.search;
}
