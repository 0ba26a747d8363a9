/** The page's style sheet: light and dark by the reader's own setting, no images, no fonts from elsewhere. */

export const style = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #d8dee4; --code: #f6f8fa;
  --accent: #0550ae; --error: #c93c37; --warning: #b27c00; --info: #3b78c9; --good: #1a7f37; --mark: #fff1c2;
  --error-soft: #ffebe9; --warning-soft: #fff4d6; --info-soft: #e4f0ff; --good-soft: #dcf5e3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1317; --card: #171c22; --ink: #e3e8ee; --soft: #98a3af; --line: #2c343d; --code: #11161b;
    --accent: #79b8ff; --error: #ff7b72; --warning: #dfa838; --info: #6cb0ff; --good: #56d06f; --mark: #3d3317;
    --error-soft: #3b1d1f; --warning-soft: #352a10; --info-soft: #15283f; --good-soft: #14301d;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
main, header { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 17px; margin: 0 0 12px; }
a { color: var(--accent); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK JP", monospace; font-size: 13px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.soft { color: var(--soft); }
.brand { font-size: 13px; color: var(--soft); margin: 0 0 6px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin: 16px 0; }
.verdict { display: inline-block; border-radius: 6px; padding: 1px 10px; margin-right: 6px; }
.verdict.passed { background: var(--good-soft); color: var(--good); }
.verdict.failed { background: var(--error-soft); color: var(--error); }
.verdict.incomplete { background: var(--warning-soft); color: var(--warning); }
.tiles { display: flex; flex-wrap: wrap; gap: 10px 28px; margin: 18px 0 0; padding: 0; list-style: none; }
.tiles b { display: block; font-size: 22px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tiles .error b { color: var(--error); } .tiles .warning b { color: var(--warning); } .tiles .info b { color: var(--info); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tr:last-child td { border-bottom: 0; }
th { white-space: nowrap; color: var(--soft); font-weight: 500; font-size: 13px; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.gate { white-space: nowrap; }
.held { color: var(--good); } .unmet { color: var(--error); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 20px 40px; }
figure { margin: 0; } figure p { margin: 2px 0 0; font-size: 13px; } figcaption { font-weight: 600; margin-bottom: 4px; }
svg { width: 100%; height: auto; display: block; }
svg text { font-size: 12.5px; fill: var(--ink); dominant-baseline: central; }
svg .label { text-anchor: end; fill: var(--soft); } svg .value { font-variant-numeric: tabular-nums; }
.bar.error { fill: var(--error); } .bar.warning { fill: var(--warning); } .bar.info { fill: var(--info); }
.legend { display: flex; gap: 16px; margin: 14px 0 0; font-size: 13px; color: var(--soft); }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; }
.legend .error i { background: var(--error); } .legend .warning i { background: var(--warning); } .legend .info i { background: var(--info); }
.filters { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; padding: 12px 20px; }
.filters[hidden] { display: none; }
.filters fieldset { display: flex; gap: 12px; border: 0; margin: 0; padding: 0; }
.filters legend { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
.filters input[type=search] { flex: 1 1 120px; min-width: 110px; }
.filters input[type=search], .filters select { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 6px; padding: 4px 8px; }
.filters select { max-width: 168px; }
.filters button { font: inherit; font-size: 13px; color: var(--soft); background: none; border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; cursor: pointer; }
.filters button:hover { color: var(--ink); }
.message code, .more code { background: var(--code); border-radius: 4px; padding: 1px 4px; }
.filters output { color: var(--soft); font-size: 13px; margin-left: auto; font-variant-numeric: tabular-nums; }
.file { background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin: 14px 0; content-visibility: auto; contain-intrinsic-size: auto 320px; overflow: hidden; }
.file[hidden], .finding[hidden] { display: none; }
.file h3 { display: flex; justify-content: space-between; gap: 16px; margin: 0; padding: 10px 20px; font-size: 14px; border-bottom: 1px solid var(--line); }
.file h3 code { overflow-wrap: anywhere; } .file h3 span { color: var(--soft); font-weight: 400; white-space: nowrap; }
.finding { padding: 12px 20px; border-top: 1px solid var(--line); }
h3 + .finding { border-top: 0; }
.message { margin: 0; white-space: pre-line; overflow-wrap: anywhere; }
.badge { display: inline-block; min-width: 62px; text-align: center; border-radius: 5px; padding: 0 7px; margin-right: 8px; font-size: 12.5px; font-weight: 600; }
.badge.error { background: var(--error-soft); color: var(--error); }
.badge.warning { background: var(--warning-soft); color: var(--warning); }
.badge.info { background: var(--info-soft); color: var(--info); }
.meta { margin: 2px 0 0; font-size: 13px; color: var(--soft); overflow-wrap: anywhere; }
.meta a { color: inherit; }
.more { margin: 6px 0 0; font-size: 13.5px; overflow-wrap: anywhere; } .more.fix { color: var(--good); }
pre { margin: 8px 0 0; padding: 6px 0; background: var(--code); border-radius: 6px; overflow-x: auto; line-height: 1.45; }
pre span { display: block; width: max-content; min-width: 100%; padding-right: 12px; }
pre span > i { display: inline-block; width: 56px; padding-right: 14px; text-align: right; color: var(--soft); font-style: normal; user-select: none; }
pre mark { background: var(--mark); color: inherit; text-decoration: underline wavy 1px; text-underline-offset: 3px; }
pre mark.error { text-decoration-color: var(--error); } pre mark.warning { text-decoration-color: var(--warning); } pre mark.info { text-decoration-color: var(--info); }
summary { cursor: pointer; font-weight: 600; }
footer { max-width: 1120px; margin: 24px auto 40px; padding: 0 20px; color: var(--soft); font-size: 13px; }
@media (max-width: 640px) { .filters { position: static; } td.number { white-space: normal; } .file h3, .finding, .card { padding-left: 14px; padding-right: 14px; } }
@media print { .filters { display: none; } .file { content-visibility: visible; break-inside: avoid; } }
`;
