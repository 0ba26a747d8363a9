import { forgotten as f } from "./price.ts"; import { price } from "./index.ts"; import { tax } from "./tax.ts"; test(price, tax, f);
