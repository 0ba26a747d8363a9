int main(int argc, char **argv) {
  char name[8];
  strcpy(name, argv[1]);
  if (argc = 2) return 1;
  return 0;
}
