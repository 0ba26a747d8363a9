@test "x" {
  run true
  [ "$status" -eq 0 ]
}
