debugger;
export default (x) => x == x;
