export const inVue = 1; export const besideVue = 2;
