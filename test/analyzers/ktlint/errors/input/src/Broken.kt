class Broken {
  fun a( {
}
