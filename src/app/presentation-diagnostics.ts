/** Complaints about people's files in other programs' formats, for doors that print them. Loaded when asked for. */
export { githubDiagnostics, sarifDiagnostics } from "../reports/diagnostics.ts";
