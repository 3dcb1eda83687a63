/**
 * How the historical API says no. Source: Databento docs, Historical API, errors.
 */

/** What a field of a request lacks: one row of a 422's list. */
export interface FieldFault {
  loc: readonly ['body' | 'query', string];
  msg: string;
  type: string;
}

/** The `detail` of an error answer. */
export type ErrorDetail = string | Record<string, unknown> | readonly FieldFault[];

/** An answer with an error status: thrown by a method, sent by the server. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly detail: ErrorDetail;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: ErrorDetail, headers: Record<string, string> = {}) {
    super(`${status}`);
    this.name = 'ApiRefusal';
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}

const DOCS = 'https://databento.com/docs/api-reference-historical/basics/errors';

/** A refusal with a case of its own, as the API has for what the business forbids. */
export function refusal(
  status: number,
  name: string,
  message: string,
  payload: Record<string, unknown> = {},
): ApiRefusal {
  return new ApiRefusal(status, { case: name, message, status_code: status, docs: DOCS, payload });
}

/** A 422 about one field. */
export function badField(
  where: 'body' | 'query',
  name: string,
  msg: string,
  type = 'value_error',
): ApiRefusal {
  return new ApiRefusal(422, [{ loc: [where, name], msg, type }]);
}

/** The answer to a key that is not known. */
export function notAuthenticated(): ApiRefusal {
  return refusal(401, 'auth_authentication_failed', 'Authentication failed.');
}
