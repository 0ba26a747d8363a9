import { describe, expect, it } from "vitest";
import { copiedFiles, ownershipOf } from "../../../src/findings/copyright.ts";

const mit = (owner: string): string =>
  `MIT License\n\nCopyright (c) 2015-2024, ${owner}\n\nPermission is hereby granted, free of charge, to any person`;
const gpl = "GNU GENERAL PUBLIC LICENSE\n Copyright (C) 2007 Free Software Foundation, Inc. <http://fsf.org/>\n";
const head = (owner: string, licence: string): string =>
  `/**\n * Copyright (c) 2010 ${owner}\n *\n * ${licence}\n */\nexport {};\n`;

function copied(files: Record<string, string>): string[] {
  return [...copiedFiles(new Map(Object.entries(files).map(([path, text]) => [path, ownershipOf(path, text)]))).keys()];
}

describe("copiedFiles", () => {
  it("names a file whose owner the licence does not name", () => {
    expect(
      copied({
        LICENSE: mit("Ada Bakery and the Oven contributors"),
        "js/editor.ts": head(
          "Great Platforms, Inc. and affiliates.",
          "This source code is licensed under the MIT license",
        ),
        "js/own.ts": head("Ada Bakery", "Licensed under MIT"),
      }),
    ).toEqual(["js/editor.ts"]);
  });

  it("tells only another licence from one that names nobody", () => {
    expect(
      copied({
        "LICENSE.txt": gpl,
        "libs/plot.js": head("Chris Plotter", "available under the MIT licence"),
        "src/a.js": head("A Contributor", "GNU General Public License, version 3"),
        "src/b.js": head("Another Contributor", "see the file LICENSE for its license"),
      }),
    ).toEqual(["libs/plot.js"]);
  });

  it("says nothing without a licence at the root", () => {
    expect(copied({ "a/LICENSE": mit("Ada"), "a.js": head("Somebody", "MIT") })).toEqual([]);
  });

  it("asks for a licence beside the name, in a comment, in kinds of files that are copied in", () => {
    const files = {
      LICENSE: mit("Ada Bakery"),
      "a.js": "// Copyright 2010 Somebody Else\nexport {};\n",
      "b.js": 'const footer = "Copyright 2010 Somebody Else, MIT license";\n',
      "c.c": head("Somebody Else", "MIT"),
      "d.js": "// Copyright notice: see the license\nexport {};\n",
    };
    expect(copied(files)).toEqual([]);
  });
});
