"use strict";
window.addEventListener("load", () => {
  Redoc.init("/openapi.json", { disableSearch: false, hideDownloadButton: false }, document.getElementById("api"));
});
