let level = "user";
if (level != "user‮ ⁦// Check if admin⁩ ⁦") {
  grant();
}
const shown = "‮balanced‬";
