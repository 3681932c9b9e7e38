// Sets the theme before the first paint, so that a dark window never flashes white. A file of its own because the content security
// policy allows no inline script. Keeps in step with src/app/theme.ts, which owns the choice afterwards.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem("smapp.theme");
  } catch (_) {
    // Storage is off: the system's preference decides.
  }
  var dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  var root = document.documentElement;
  root.setAttribute("data-theme", dark ? "dark" : "light");
  root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
