throw new Error("a configuration that is a program must never run");
