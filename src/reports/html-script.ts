/** The page's script: filters over findings that are already there. Without it the page shows everything. */

export const script = `
"use strict";
(() => {
  const form = document.getElementById("filters");
  const status = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const files = [...document.querySelectorAll(".file")].map((element) => ({
    element,
    path: element.dataset.path.toLowerCase(),
    count: element.querySelector("h3 span"),
    findings: [...element.querySelectorAll(".finding")].map((finding) => ({
      element: finding,
      severity: finding.dataset.severity,
      category: finding.dataset.category,
      analyzer: finding.dataset.analyzer,
      text: undefined,
    })),
  }));
  const total = files.reduce((sum, file) => sum + file.findings.length, 0);
  const number = (value) => value.toLocaleString("en-US");
  const apply = () => {
    const data = new FormData(form);
    const severities = data.getAll("severity");
    const category = data.get("category");
    const analyzer = data.get("analyzer");
    const path = data.get("path").trim().toLowerCase();
    const words = data.get("text").toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const file of files) {
      let inFile = 0;
      const pathFits = path === "" || file.path.includes(path);
      for (const finding of file.findings) {
        let fits =
          pathFits &&
          severities.includes(finding.severity) &&
          (category === "" || category === finding.category) &&
          (analyzer === "" || analyzer === finding.analyzer);
        if (fits && words.length > 0) {
          finding.text ??= (file.path + " " + finding.element.textContent).toLowerCase();
          fits = words.every((word) => finding.text.includes(word));
        }
        finding.element.hidden = !fits;
        if (fits) inFile++;
      }
      file.element.hidden = inFile === 0;
      file.count.textContent =
        inFile === file.findings.length || inFile === 0
          ? file.count.dataset.all
          : number(inFile) + " of " + file.count.dataset.all;
      shown += inFile;
    }
    status.textContent = shown === total ? number(total) + " shown" : number(shown) + " of " + number(total) + " shown";
    nothing.hidden = shown > 0 || total === 0;
  };
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 80);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply, 0));
  form.hidden = false;
  apply();
})();
`;
