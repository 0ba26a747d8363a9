export type MenuProps = {};
export type DeadProps = {};
export const Menu = () => null;
export const DeadMenu = () => null;
export enum DeadEnum { A }

@customElement("shop-menu")
export class Registered {}

export { hidden as DeadAlias };
const hidden = 1;
