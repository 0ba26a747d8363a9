import { a } from "./b"; a;
