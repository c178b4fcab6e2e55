package window

import (
	"crypto/subtle"
	"net"
	"net/http"
)

// contentPolicy lets a page use what this server serves, and only that.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// tokenHeader carries the page's token. No form and no page of another origin can set it.
const tokenHeader = "X-Demo-Token"

// guard answers what must not get through.
func (w *Window) guard(rw http.ResponseWriter, r *http.Request) bool {
	h := rw.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if !w.ours(r.Host) {
		http.Error(rw, "This is SLA Buddy's demo. Please open it at http://"+w.Host, http.StatusForbidden)
		return false
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	token := []byte(r.Header.Get(tokenHeader))
	origin := r.Header.Get("Origin")
	if subtle.ConstantTimeCompare(token, []byte(w.token)) != 1 || (origin != "" && origin != "http://"+r.Host) {
		http.Error(rw, "This page is from an earlier demo. Please load it again.", http.StatusForbidden)
		return false
	}
	return true
}

// ours says that a host is the listener's own address, or localhost with its port.
func (w *Window) ours(host string) bool {
	_, port, err := net.SplitHostPort(w.Host)
	return host == w.Host || (err == nil && host == net.JoinHostPort("localhost", port))
}
