/** Structural rules about date formats, which Java, Kotlin and C# write alike. */
import type { Language } from "../trees/languages.ts";
import type { PatternRule } from "./pattern-rule.ts";

const formatters = String.raw`^(?:new )?(?:[\w.]+\.)?(?:SimpleDateFormat|ofPattern|forPattern|ToString|ParseExact|TryParseExact)\(`;

function weekYear(name: string, language: Language, example: (format: string) => string): PatternRule {
  return {
    name,
    languages: [language],
    summary: "`YYYY` is the year of the week, which differs from the date's year around New Year.",
    severity: "error",
    category: "correctness",
    rationale: "29 December 2025 prints as 2026. Write `yyyy` (or `uuuu`).",
    keywords: ["YYYY"],
    rule: {
      kind: "string_literal",
      all: [
        { regex: String.raw`^"[^"w]*YYYY[^"w]*"$` },
        { regex: "MM|dd|M/d" },
        { inside: { stopBy: "end", regex: formatters } },
      ],
    },
    bad: [example("YYYY-MM-dd"), example("dd.MM.YYYY")],
    good: [example("yyyy-MM-dd"), example("YYYY-'W'ww")],
  };
}

function minutesForMonths(name: string, language: Language, example: (format: string) => string): PatternRule {
  return {
    name,
    languages: [language],
    summary: "`mm` between year and day are minutes; months are `MM`.",
    severity: "error",
    category: "correctness",
    rationale: "The month shows the minutes of the hour. Write `yyyy-MM-dd`.",
    keywords: ["yyyy-mm-dd", "yyyy/mm/dd", "dd/mm/yyyy", "dd-mm-yyyy", "dd.mm.yyyy", "mm/dd/yyyy", "yyyymmdd"],
    rule: {
      kind: "string_literal",
      regex: String.raw`^"(?:yyyy-mm-dd|yyyy/mm/dd|dd/mm/yyyy|dd-mm-yyyy|dd\.mm\.yyyy|mm/dd/yyyy|yyyymmdd)`,
      inside: { stopBy: "end", regex: formatters },
    },
    bad: [example("yyyy-mm-dd")],
    good: [example("yyyy-MM-dd HH:mm")],
  };
}

const inJava = (format: string): string => `class A { Object f = new SimpleDateFormat("${format}"); }`;
const inKotlin = (format: string): string => `val f = DateTimeFormatter.ofPattern("${format}")`;
const inCsharp = (format: string): string => `class A { string F(DateTime d) { return d.ToString("${format}"); } }`;

export const javaDateRules: readonly PatternRule[] = [
  weekYear("java-week-year", "java", inJava),
  minutesForMonths("java-minutes-for-months", "java", inJava),
];
export const kotlinDateRules: readonly PatternRule[] = [
  weekYear("kotlin-week-year", "kotlin", inKotlin),
  minutesForMonths("kotlin-minutes-for-months", "kotlin", inKotlin),
];
export const csharpDateRules: readonly PatternRule[] = [
  minutesForMonths("csharp-minutes-for-months", "csharp", inCsharp),
];
