export class Map extends Base {
  constructor(options) {
    let map;
    try {
      map = super(options);
    } finally {
      report();
    }
    return map;
  }
}

export const first = (match) => (match || [, "?"])[1];

export function off() {
  return;
  first();
}
