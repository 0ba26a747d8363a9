export function fourth(input: Input) {
  const value0 = compute(input.field0, "text 0", 0) ?? fallback(input, options.level0);
  const value1 = compute(input.field1, "text 1", 1) ?? fallback(input, options.level1);
  const value2 = compute(input.field2, "text 2", 2) ?? fallback(input, options.level2);
  const value3 = compute(input.field3, "text 3", 3) ?? fallback(input, options.level3);
  const value4 = compute(input.field4, "text 4", 4) ?? fallback(input, options.level4);
  const value5 = compute(input.field5, "text 5", 5) ?? fallback(input, options.level5);
  const value6 = compute(input.field6, "text 6", 6) ?? fallback(input, options.level6);
  const value7 = compute(input.field7, "text 7", 7) ?? fallback(input, options.level7);
  const value8 = compute(input.field8, "text 8", 8) ?? fallback(input, options.level8);
  const value9 = compute(input.field9, "text 9", 9) ?? fallback(input, options.level9);
  const value10 = compute(input.field10, "text 10", 10) ?? fallback(input, options.level10);
  const value11 = compute(input.field11, "text 11", 11) ?? fallback(input, options.level11);
  const value12 = compute(input.field12, "text 12", 12) ?? fallback(input, options.level12);
  const value13 = compute(input.field13, "text 13", 13) ?? fallback(input, options.level13);
  const value14 = compute(input.field14, "text 14", 14) ?? fallback(input, options.level14);
  const value15 = compute(input.field15, "text 15", 15) ?? fallback(input, options.level15);
  const value16 = compute(input.field16, "text 16", 16) ?? fallback(input, options.level16);
  const value17 = compute(input.field17, "text 17", 17) ?? fallback(input, options.level17);
  const value18 = compute(input.field18, "text 18", 18) ?? fallback(input, options.level18);
  const value19 = compute(input.field19, "text 19", 19) ?? fallback(input, options.level19);
  const value20 = compute(input.field20, "text 20", 20) ?? fallback(input, options.level20);
  const value21 = compute(input.field21, "text 21", 21) ?? fallback(input, options.level21);
  const value22 = compute(input.field22, "text 22", 22) ?? fallback(input, options.level22);
  const value23 = compute(input.field23, "text 23", 23) ?? fallback(input, options.level23);
  const value24 = compute(input.field24, "text 24", 24) ?? fallback(input, options.level24);
  const value25 = compute(input.field25, "text 25", 25) ?? fallback(input, options.level25);
}
