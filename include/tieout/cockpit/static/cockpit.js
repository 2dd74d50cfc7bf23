// Readable without it. Framed by Airflow: follow its theme, and open its pages in its own window.
"use strict";
(() => {
  const framed = window.parent !== window;
  if (!framed) return;
  const outer = (() => {
    try {
      return window.parent.document;
    } catch {
      return null; // another origin frames us: nothing to follow
    }
  })();
  if (!outer) return;

  const follow = () => {
    const names = outer.documentElement.classList;
    if (names.contains("dark")) document.documentElement.dataset.theme = "dark";
    else if (names.contains("light")) document.documentElement.dataset.theme = "light";
  };
  follow();
  new MutationObserver(follow).observe(outer.documentElement, { attributeFilter: ["class"] });

  // The frame may not open windows or leave itself: an anchor of the outer document may.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-airflow]");
    if (!link || event.button !== 0) return;
    event.preventDefault();
    const anchor = outer.createElement("a");
    anchor.href = link.href;
    if (event.ctrlKey || event.metaKey) anchor.target = "_blank";
    outer.body.append(anchor);
    anchor.click();
    anchor.remove();
  });
})();
