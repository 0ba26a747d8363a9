debugger;
if (x === NaN) {}
