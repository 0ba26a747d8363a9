/** Passwords in URLs: which of them belong to a machine that somebody could reach. */
import { entropy, isPlaceholder } from "./judge.ts";

export interface UrlHit {
  readonly kind: "database-url" | "url-credentials";
  /** UTF-16 offsets of the password. */
  readonly start: number;
  readonly end: number;
}

const urls =
  /(?<scheme>[a-zA-Z][a-zA-Z0-9+.]{1,20}):\/\/(?<user>[^\s/:@'"`<>]{0,100}):(?<password>[^\s/@'"`<>]{8,200})@(?<host>[A-Za-z0-9.-]{1,200})/dg;
const databases =
  /^(?:jdbc|postgres|postgresql|mysqlx?|mariadb|mongodb|rediss?|amqps?|mssql|sqlserver|clickhouse|cockroachdb|oracle|couchdb|cassandra|neo4j|bolt|valkeys?)(?:$|\+)/i;
const services = /^(?:https?|ftps?|sftp|ssh|smtps?|imaps?|ldaps?|mqtts?|nats|wss?|git\+https?)$/i;

/** Names that cannot be reached from outside, that are reserved for documents, or that people make up for them. */
const madeUpHost =
  /(?:^|[.-])(?:localhost|example|sample|test|tests|invalid|local|localdomain|lan|internal|docker|mydomain|yourdomain|domain|host|hostname|server|somewhere|acme|foo|bar|baz|fake|dummy|placeholder|corp|company|mycompany|sentry|proxy|my|your|some)(?:[.-]|$)/i;
const privateAddress =
  /^(?:0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|1\.1\.1\.1|1\.2\.3\.4|8\.8\.8\.8)/;

export function judgeUrl(text: string): UrlHit[] {
  const hits: UrlHit[] = [];
  for (const match of text.matchAll(urls)) {
    const { scheme = "", user = "", password = "", host = "" } = match.groups ?? {};
    const range = match.indices?.groups?.["password"];
    const kind = databases.test(scheme) ? "database-url" : services.test(scheme) ? "url-credentials" : undefined;
    if (kind === undefined || range === undefined) continue;
    if (!isReachable(host) || !isRealPassword(user, password)) continue;
    hits.push({ kind, start: range[0], end: range[1] });
  }
  return hits;
}

function isReachable(host: string): boolean {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return !privateAddress.test(host);
  return /\.[A-Za-z]{2,}$/.test(host) && !madeUpHost.test(host);
}

function isRealPassword(user: string, password: string): boolean {
  if (password.toLowerCase() === user.toLowerCase() || isPlaceholder(password)) return false;
  // Templates and escapes: `%s`, `#{…}`, `$(…)`, `[password]`.
  if (/[{}$#()[\]|\\*]|%[^0-9A-Fa-f]/.test(password)) return false;
  if (/pass|pwd|secret|token|user|admin|hunter|key$|^key|word|test|demo|abc|123456|s3cr3t|s3cret/i.test(password))
    return false;
  const kindsOfCharacter = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((pattern) => pattern.test(password)).length;
  return kindsOfCharacter >= 2 && entropy(password) >= 2.5;
}
