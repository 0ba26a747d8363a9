import { Fragment, h } from "preact";

export const List = () => <>text</>;
