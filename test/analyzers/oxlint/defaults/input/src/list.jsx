import { useState } from "react";

export function List({ items, open }) {
  if (open) {
    const [state] = useState(0);
    return items.map((item) => <li>{item}{state}</li>);
  }
  return <br>text</br>;
}
