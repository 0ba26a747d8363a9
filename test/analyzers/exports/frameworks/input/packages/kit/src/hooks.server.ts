export const handle = () => null;
export const handleError = () => null;
export const started = 1;
