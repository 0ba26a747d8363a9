// debugger; console.log("here")
function save(user) {
  console.log("here 2");
  console.log("saved", user.id);
  debugger;
}
