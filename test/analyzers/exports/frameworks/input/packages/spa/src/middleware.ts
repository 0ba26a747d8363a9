export const guard = (...all: unknown[]) => all.length;
export const forgottenGuard = () => false;
