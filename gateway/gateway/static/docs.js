"use strict";
window.addEventListener("load", () => {
  window.ui = SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#api",
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "none",
    filter: true,
    persistAuthorization: true,
    tagsSorter: "alpha",
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
  });
});
