foo() {
  echo
