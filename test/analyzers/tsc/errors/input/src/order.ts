interface Order {
  id: string;
  lines: { price: number }[];
}

export function total(order: Order): number {
  const label: string = "🧾 reçu"; const id: number = order.id;
  return order.lines.map((line) => line.prize).length;
}

export const order: Order = {
  id: 7,
  lines: [{ price: "1" }],
};
