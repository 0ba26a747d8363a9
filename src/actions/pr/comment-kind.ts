/** What a comment wants, judged by its words alone. Pure. */

export const commentKinds = [
  "bot",
  "command",
  "edit",
  "fix-request",
  "question",
  "suggestion",
  "objection",
  "praise",
  "acknowledgement",
  "statement",
] as const;
type CommentKind = (typeof commentKinds)[number];
type WrittenKind = Exclude<CommentKind, "bot" | "command" | "edit">;

const rules: readonly (readonly [CommentKind, RegExp])[] = [
  ["suggestion", /^\s*```suggestion\b/m],
  [
    "fix-request",
    /\b(?:please|pls|can|could|would|must|should|need(?:s)? to)\b[^.?!\n]{0,60}\b(?:fix|change|rename|remove|delete|replace|add|update|move|revert|extract|use)\b|^(?:please\s+)?(?:fix|rename|remove|replace|revert|move|extract)\b/im,
  ],
  [
    "suggestion",
    /\b(?:what about|how about|consider|maybe|perhaps|might be (?:better|nicer|cleaner)|would be (?:better|nicer|cleaner)|i(?:'d| would) (?:suggest|prefer|recommend)|suggestion|nit(?:pick)?)\b/i,
  ],
  [
    "question",
    /\?(?:\s|$)|^(?:why|what|how|when|where|which|who|is|are|does|do|did|can|could|should|would)\b[^.!\n]*$/im,
  ],
  [
    "objection",
    /\b(?:false positive|not (?:a|an) (?:bug|issue|problem)|won'?t fix|wontfix|disagree|intentional|by design|on purpose|wrong|incorrect|doesn'?t work|breaks?)\b/i,
  ],
  [
    "praise",
    /\b(?:thanks?|thank you|thx|great|nice|awesome|excellent|love (?:it|this)|well done|good (?:job|work|catch|find)|lgtm|looks good)\b|(?:👍|🎉|❤️|🚀|:\+1:|:tada:|:heart:)/iu,
  ],
  ["acknowledgement", /^(?:ok(?:ay)?|done|fixed|agreed|ack|will do|yes|yep|sure|makes sense|resolved|right)\b/i],
];

/** Quoted lines and code are somebody else's words. */
export function kindOf(body: string): WrittenKind {
  const isSuggestion = /^\s*```suggestion\b/m.test(body);
  const own = body
    .replace(/^\s*(```|~~~)[\s\S]*?(?:^\s*\1|$(?![^]))/gm, "")
    .replace(/`[^`\n]*`/g, "")
    .replace(/^\s*>.*$/gm, "")
    .trim();
  if (isSuggestion) return "suggestion";
  const found = rules.find(([, pattern]) => pattern.test(own))?.[0];
  return (found ?? "statement") as WrittenKind;
}
