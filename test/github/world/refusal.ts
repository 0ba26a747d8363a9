/** GitHub's ways of saying no, in the exact shapes that clients parse. */

export interface FieldError {
  readonly resource: string;
  readonly field?: string;
  readonly code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom" | "too_large";
  readonly message?: string;
  readonly value?: unknown;
}

const documentation = "https://docs.github.com/rest";

/** Thrown by domain and routes alike; becomes the answer of the request. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    errors?: readonly (FieldError | string)[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.body = {
      message,
      ...(errors === undefined ? {} : { errors }),
      documentation_url: documentation,
      status: String(status),
    };
    this.headers = headers;
  }
}

export function notFound(): Refusal {
  return new Refusal(404, "Not Found");
}

/** A well-formed request about something that may not be so. */
export function validationFailed(...errors: readonly (FieldError | string)[]): Refusal {
  return new Refusal(422, "Validation Failed", errors);
}

/** The older shape, which reviews still use: errors are bare sentences. */
export function unprocessable(...errors: readonly string[]): Refusal {
  return new Refusal(422, "Unprocessable Entity", errors);
}

export function invalidRequest(complaint: string): Refusal {
  return new Refusal(422, `Invalid request.\n\n${complaint}`);
}

export function bodyTooLong(resource: string, limit: number): Refusal {
  return validationFailed({
    resource,
    field: "body",
    code: "custom",
    message: `body is too long (maximum is ${limit} characters)`,
  });
}
