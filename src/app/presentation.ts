/** What doors for people print with: the frames, colours, widths and words that the reports use too. */
export { diagnosticFrame } from "../config/diagnostic-frame.ts";
export { createPalette, type Palette } from "../reports/palette.ts";
export { displayWidth, fitWidth, makeVisible, oneLine, wrapText } from "../reports/visible-text.ts";
export { count, formatDuration, formatNumber } from "../reports/wording.ts";
