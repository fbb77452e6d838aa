"use strict";
// Requests go to the name under which this page was opened: the browser may talk to no other.
window.addEventListener("load", async () => {
  const spec = await (await fetch("/openapi.json")).json();
  spec.servers = [{ url: window.location.origin }];
  spec.components.securitySchemes.oauth2.flows.clientCredentials.tokenUrl = window.location.origin + "/oauth/token";
  window.ui = SwaggerUIBundle({
    spec,
    dom_id: "#api",
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "none",
    filter: true,
    persistAuthorization: true,
    tagsSorter: "alpha",
    tryItOutEnabled: true,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
  });
});
