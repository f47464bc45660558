package server

import (
	_ "embed"
	"net/http"

	"github.com/swaggest/swgui/v5emb"
)

// openAPI is made by proto/generate.sh.
//
//go:embed console/openapi.json
var openAPI []byte

// The page is ours, for that of swgui has inline script, which the policy below does not run.
const (
	docsPage = `<!doctype html>
<html lang="id">
<meta charset="utf-8">
<title>Sinergi API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`
	// queryConfigEnabled stays off: a link must not make the page show somebody else's document.
	docsStart = `window.ui = SwaggerUIBundle({url: "/openapi.json", dom_id: "#docs", validatorUrl: null, deepLinking: true});
`
	docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)

// serveOpenAPI gives the contract to tools.
func serveOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(openAPI) // a caller that left needs no answer
}

// newDocs is a browser for the contract, of swgui's assets.
func newDocs() http.Handler {
	assets := v5emb.New("Sinergi API", "/openapi.json", "/docs/")
	pages := map[string]struct{ kind, text string }{
		"/docs/":         {"text/html; charset=utf-8", docsPage},
		"/docs/start.js": {"text/javascript; charset=utf-8", docsStart},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", docsPolicy)
		h.Set("Referrer-Policy", "no-referrer")
		if page, ok := pages[r.URL.Path]; ok {
			h.Set("Content-Type", page.kind)
			_, _ = w.Write([]byte(page.text)) // as above
			return
		}
		assets.ServeHTTP(w, r)
	})
}
