/** What comes back instead of a result: what happened, what it costs, what to do, and a stable code. */

/** The error object of every command. */
export interface ErrorBody {
  code: string;
  /** What happened. */
  message: string;
  /** What it costs, or that nothing is lost. */
  cost: string;
  /** What to do. */
  remedy: string;
  /** The field of the arguments it is about, in camelCase. */
  field?: string | null;
  /** Seconds until the same may be tried again. */
  retryAfterSeconds?: number | null;
}

/** A failed command. Nobody compares its sentences; `code` is stable. */
export class CommandError extends Error implements ErrorBody {
  readonly code: string;
  readonly cost: string;
  readonly remedy: string;
  readonly field: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(body: ErrorBody) {
    super(body.message);
    this.name = "CommandError";
    this.code = body.code;
    this.cost = body.cost;
    this.remedy = body.remedy;
    this.field = body.field ?? null;
    this.retryAfterSeconds = body.retryAfterSeconds ?? null;
  }
}

/** Whether a value from outside has the shape of an error object. */
export function isErrorBody(value: unknown): value is ErrorBody {
  if (typeof value !== "object" || value === null) return false;
  const body = value as Record<string, unknown>;
  return ["code", "message", "cost", "remedy"].every((key) => typeof body[key] === "string");
}

/** The three parts of whatever was thrown. Sentences of foreign errors are technical and stay in `message`. */
export function errorParts(error: unknown): ErrorBody {
  if (error instanceof CommandError) return error;
  if (isErrorBody(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return { code: "page_failed", message, cost: "", remedy: "" };
}
