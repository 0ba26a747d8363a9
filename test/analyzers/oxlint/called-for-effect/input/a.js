import { table } from "./table.js";

export function show() {
  const list = $("#list").DataTable();
  const view = table.createView();
  const forgotten = 1;
}
