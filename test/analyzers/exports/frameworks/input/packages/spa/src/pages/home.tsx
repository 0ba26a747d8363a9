export const Home = () => null;
export const OldHome = () => 1;
