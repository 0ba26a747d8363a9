export const alt = "A picture of the shop";
export const size = { width: 1200, height: 630 };
export const contentType = "image/png";
export default function Image() {
  return new Response(null);
}
