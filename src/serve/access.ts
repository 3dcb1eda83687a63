/**
 * Who may connect: on this machine everybody whose page comes from it; from elsewhere whoever has
 * the token.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { OperatingError } from '../core/index.ts';

/** How access is decided. */
export interface AccessRules {
  host: string;
  /** Needed unless the host is this machine's. */
  token: string | null;
  /** Further origins whose pages may connect, such as `https://desk.example`. */
  origins: readonly string[];
}

/** Why a request is refused, as an HTTP status with words. */
export interface Refusal {
  status: 401 | 403;
  message: string;
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
/** Shortest token. */
const MIN_TOKEN_CHARS = 16;

/** True for the names of this machine itself. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host);
}

/** @throws OperatingError USAGE when others could connect without a token. */
export function checkAccessRules(rules: AccessRules): void {
  if (rules.token !== null && rules.token.length < MIN_TOKEN_CHARS) {
    throw new OperatingError('USAGE', `--token: at least ${MIN_TOKEN_CHARS} characters`);
  }
  if (isLoopback(rules.host) || rules.token !== null) return;
  const message = `--host ${rules.host}: others can connect, so a --token is required`;
  throw new OperatingError('USAGE', message);
}

function hostnameOf(url: string): string | null {
  try {
    return new URL(url).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return null;
  }
}

function sameText(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

function tokenOf(headers: IncomingHttpHeaders, query: Record<string, unknown>): string {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '');
  if (bearer) return bearer[1] as string;
  return typeof query['token'] === 'string' ? query['token'] : '';
}

function originAllowed(rules: AccessRules, headers: IncomingHttpHeaders): boolean {
  const { origin } = headers;
  if (origin === undefined || rules.origins.includes(origin)) return true;
  const hostname = hostnameOf(origin);
  if (hostname === null) return false;
  if (isLoopback(rules.host)) return isLoopback(hostname);
  return hostname === hostnameOf(`http://${headers.host ?? ''}`);
}

/**
 * Decides on a request; null = it may go on. The `Host` header is looked at too, so that a name
 * that was pointed at this machine later (DNS rebinding) does not count as this machine.
 */
export function refusalOf(
  rules: AccessRules,
  headers: IncomingHttpHeaders,
  query: Record<string, unknown>,
): Refusal | null {
  const asked = hostnameOf(`http://${headers.host ?? ''}`);
  if (isLoopback(rules.host) && (asked === null || !isLoopback(asked))) {
    return { status: 403, message: 'this server answers to localhost only' };
  }
  if (!originAllowed(rules, headers)) {
    return { status: 403, message: 'pages of this origin may not connect; allow it with --origin' };
  }
  if (rules.token === null || sameText(tokenOf(headers, query), rules.token)) return null;
  return { status: 401, message: 'a token is required: Authorization: Bearer TOKEN, or ?token=' };
}
