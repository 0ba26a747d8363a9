import { format } from "../lib/price";
export default function Page() {
  return format(100);
}
