/**
 * Which hosts the key may be sent to: the one that was configured, and the vendor's others when the
 * configured one is the vendor's. A list of files names URLs, and a list can be wrong.
 */
import { DataError } from '../../core/index.ts';

/** The vendor's registered domain: whoever answers under it by TLS is the vendor. */
const VENDOR_DOMAIN = 'databento.com';

function isNamedLikeVendors(url: URL): boolean {
  return url.hostname === VENDOR_DOMAIN || url.hostname.endsWith(`.${VENDOR_DOMAIN}`);
}

function isVendors(url: URL): boolean {
  return url.protocol === 'https:' && url.port === '' && isNamedLikeVendors(url);
}

/**
 * The URL of the API, ending in a slash.
 * @throws DataError CONFIG when it is none, or would carry the key to the vendor unencrypted.
 */
export function apiUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const http = url && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '';
  if (!http || (url.protocol === 'http:' && isNamedLikeVendors(url))) {
    throw new DataError('CONFIG', "the address of the vendor's Historical API", {
      found: url ? `${url.protocol}//${url.host}` : JSON.stringify(text.slice(0, 60)),
      expected: `a URL such as https://hist.${VENDOR_DOMAIN}`,
    });
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** Whether a request to the URL may carry the key of the configured API. */
export function mayCarryKey(url: URL, api: URL): boolean {
  if (url.username !== '' || url.password !== '') return false;
  return url.origin === api.origin || (isVendors(url) && isVendors(api));
}

/**
 * The URL of a file, which is asked for with the key.
 * @throws DataError VENDOR_PROTOCOL when the key may not be sent there.
 */
export function downloadUrl(text: string, api: URL): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && mayCarryKey(url, api)) return url;
  throw new DataError('VENDOR_PROTOCOL', 'batch.download: the key is not sent to this address', {
    found: url ? `${url.protocol}//${url.host}` : 'no URL',
    expected: isVendors(api) ? `https under ${VENDOR_DOMAIN}` : api.origin,
  });
}

/**
 * Where a redirect of a download leads.
 * @throws DataError VENDOR_PROTOCOL when it leaves TLS, or is none.
 */
export function redirectUrl(location: string | undefined, from: URL): URL {
  const url = location && URL.canParse(location, from.href) ? new URL(location, from) : null;
  const safe = url && (url.protocol === 'https:' || url.origin === from.origin);
  if (safe && url.username === '' && url.password === '') return url;
  throw new DataError('VENDOR_PROTOCOL', 'batch.download: a redirect is not followed', {
    found: url ? `${url.protocol}//${url.host}` : 'no address',
    expected: 'an address by https',
  });
}
