class A { void save() { System.out.println("test"); } }
