import { names } from "../content.config";
export const GET = () => new Response(names[0]);
