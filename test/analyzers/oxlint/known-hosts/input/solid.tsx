export function Field() {
  let element: HTMLInputElement | undefined;
  return <input ref={element} onInput={() => console.log(element)} />;
}
