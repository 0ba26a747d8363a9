fun find(name: String) {
  db.rawQuery("SELECT * FROM users WHERE name = '$name'", null)
}
