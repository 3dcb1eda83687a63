/**
 * Which hosts the key may be sent to: the one that was configured, and the vendor's others when the
 * configured one is the vendor's. A list of files names URLs, and a list can be wrong.
 */
import { DataError } from '../../core/index.ts';

/** The vendor's registered domain: whoever answers under it by TLS is the vendor. */
const VENDOR_DOMAIN = 'databento.com';

function isVendors(url: URL): boolean {
  const { protocol, hostname, port } = url;
  const named = hostname === VENDOR_DOMAIN || hostname.endsWith(`.${VENDOR_DOMAIN}`);
  return protocol === 'https:' && port === '' && named;
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
