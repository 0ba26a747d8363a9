import React from "react";
export const Row = () => <List actions={[<a href="/x">x</a>]} />;
export const Rows = ({ names }) => names.map((name) => <li>{name}</li>);
