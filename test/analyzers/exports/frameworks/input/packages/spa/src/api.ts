export const query = () => 1;
export const loader = () => 2;
