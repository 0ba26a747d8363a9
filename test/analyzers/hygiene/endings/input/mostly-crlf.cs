a;
b;
c;
