/**
 * A certificate for 127.0.0.1 and localhost, made anew at each start: the vendor's own client
 * speaks TLS only. Source: RFC 5280, 4.1; X.690 for the encoding.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const DAYS_VALID = 365;
const MS_PER_DAY = 86_400_000;

const SEQUENCE = 0x30;
const SET = 0x31;
const OID = 0x06;
const UTF8 = 0x0c;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const BOOLEAN = 0x01;
const GENERALIZED_TIME = 0x18;
const OID_ECDSA_SHA256 = Buffer.from('2a8648ce3d040302', 'hex');
const OID_COMMON_NAME = Buffer.from('550403', 'hex');
const OID_ALTERNATIVE_NAMES = Buffer.from('551d11', 'hex');
const OID_BASIC_CONSTRAINTS = Buffer.from('551d13', 'hex');

/** A key and its certificate, PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

/** One value of DER. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), body]);
  const head = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), body]);
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  return der(GENERALIZED_TIME, Buffer.from(`${digits}Z`));
}

function extension(oid: Buffer, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der(BOOLEAN, Buffer.from([0xff]))] : [];
  return der(SEQUENCE, der(OID, oid), ...flag, der(OCTET_STRING, value));
}

function extensions(): Buffer {
  const names = der(
    SEQUENCE,
    der(0x87, Buffer.from([127, 0, 0, 1])),
    der(0x82, Buffer.from('localhost')),
  );
  const authority = der(SEQUENCE, der(BOOLEAN, Buffer.from([0xff])));
  const list = [
    extension(OID_BASIC_CONSTRAINTS, true, authority),
    extension(OID_ALTERNATIVE_NAMES, false, names),
  ];
  return der(0xa3, der(SEQUENCE, ...list));
}

/** Makes a key and signs a certificate with it. */
export function selfSignedCertificate(): Certificate {
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = der(SEQUENCE, der(OID, OID_ECDSA_SHA256));
  const common = der(SEQUENCE, der(OID, OID_COMMON_NAME), der(UTF8, Buffer.from('stand-in')));
  const name = der(SEQUENCE, der(SET, common));
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const now = Date.now();
  const body = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serial),
    algorithm,
    name,
    der(SEQUENCE, time(now - MS_PER_DAY), time(now + DAYS_VALID * MS_PER_DAY)),
    name,
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    extensions(),
  );
  const signature = sign('sha256', body, pair.privateKey);
  const whole = der(SEQUENCE, body, algorithm, der(BIT_STRING, Buffer.from([0]), signature));
  const lines = whole
    .toString('base64')
    .replaceAll(/(.{64})/g, '$1\n')
    .trimEnd();
  return {
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
