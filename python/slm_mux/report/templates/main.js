(async () => {
  const browsers = new Map([...document.querySelectorAll(".browser")].map((section) => [section.dataset.task, new Browser(section)]));
  const started = new Set();
  const start = (number) => {
    if (started.has(number)) return undefined;
    started.add(number);
    return browsers.get(number).start();
  };

  const chooser = document.getElementById("task-chooser");
  const choose = (number) => {
    document.querySelectorAll(".task").forEach((task) => { task.hidden = task.dataset.task !== number; });
    if (chooser) chooser.value = number;
    return start(number);
  };
  chooser?.addEventListener("change", () => choose(chooser.value));

  document.querySelectorAll(".show-cause").forEach((button) => button.addEventListener("click", () => {
    browsers.get(button.closest(".task").dataset.task).show(button.dataset.cause);
  }));

  const [task, problem] = location.hash.slice(1).split("/");
  const named = document.getElementById(task)?.closest(".task");
  const first = named ?? document.querySelector(".task");
  await choose(first.dataset.task);
  if (named && problem) {
    const browser = browsers.get(named.dataset.task);
    const at = browser.rows.findIndex((row) => encodeURIComponent(row.id) === problem);
    if (at >= 0) await browser.open(at);
  }
  document.documentElement.dataset.ready = "";
  setTimeout(Charts.start); // after the list has been painted: Plotly takes a while to start
})();
