import { Home } from "./pages/home";
import { guard } from "./middleware";
import { query } from "./api";
guard(Home, query);
